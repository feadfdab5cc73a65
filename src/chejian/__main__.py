from chejian.cli import main

raise SystemExit(main())
