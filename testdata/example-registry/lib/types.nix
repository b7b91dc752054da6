# Submodules that the options of services share, by subject.
{ lib }:
import ./types/web.nix { inherit lib; }
// import ./types/operations.nix { inherit lib; }
// import ./types/protection.nix { inherit lib; }
  // import ./types/service-spec.nix { inherit lib; }
