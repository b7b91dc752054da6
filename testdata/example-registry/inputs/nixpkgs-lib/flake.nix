{
  description = "A small library with the interface of nixpkgs' lib";

  outputs = { self }: {
    lib = import (builtins.path { name = "source"; path = ./.; } + "/lib");
  };
}
