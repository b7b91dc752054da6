{ inputs, ... }:
{
  # Newer packages where a service needs them: pkgs.unstable.<name>
  unstable-packages = final: _prev: {
    unstable = inputs.nixpkgs-unstable.legacyPackages.${final.stdenv.hostPlatform.system};
  };
}
