# All categories; registry.nix says which there are.
{ ... }:
{
  imports = builtins.attrValues (import ./registry.nix);
}
