{
  description = "A small stand-in for sops-nix: its options, no secrets";

  outputs = { self }: {
    nixosModules.sops = import (builtins.path { name = "source"; path = ./.; } + "/module.nix");
  };
}
