"""The whole picture of a customer or a car, from every app below, on the pages of lower apps."""
