// The dialog of the order is used for one form after another: what it showed before is taken away,
// so that nobody answers yesterday's question while today's is on its way.
document.getElementById("order-dialog")?.addEventListener("close", () => {
  document.getElementById("order-dialog-body").replaceChildren();
});
