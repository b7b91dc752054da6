# The functions of nixpkgs' lib that the example uses, written for it: same
# names, same arguments, same results. Replacing this input by the real
# library must not change what the example evaluates to.
let
  groups = {
    trivial = import ./trivial.nix { inherit lib; };
    lists = import ./lists.nix { inherit lib; };
    attrsets = import ./attrsets.nix { inherit lib; };
    strings = import ./strings.nix { inherit lib; };
    generators = import ./generators.nix { inherit lib; };
    options = import ./options.nix { inherit lib; };
    types = import ./types.nix { inherit lib; };
    modules = import ./modules.nix { inherit lib; };
  };
  lib = groups
    // groups.trivial
    // groups.lists
    // groups.attrsets
    // groups.strings
    // groups.options
    // groups.modules
    // { inherit (groups.types) isType setType isOptionType mkOptionType; };
in
lib
