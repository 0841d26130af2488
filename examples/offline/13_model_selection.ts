export {}; // The offline model repeats what it is told; this example needs no more.
