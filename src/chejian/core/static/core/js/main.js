// Starts every behaviour once; each finds its elements by data attributes.
import "./shell.js";
import "./reauth.js";
import "./live.js";
import "./once.js";
import "./drafts.js";
import "./grid.js";
import "./combo.js";
import "./scan.js";
import "./marks.js";
import "./photos.js";
import "./signature.js";
