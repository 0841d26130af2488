export {}; // The catalog of the offline model is all that is shown.
