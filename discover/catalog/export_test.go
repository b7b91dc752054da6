package catalog

// Fresh is the embedded catalog as if nobody had asked for it.
var Fresh = builtin
