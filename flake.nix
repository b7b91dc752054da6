{
  description = "Add a service to a NixOS fleet the way its owner would";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ];
      forAllSystems = f: lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});

      package = pkgs: pkgs.buildGoModule {
        pname = "scaffold";
        version = self.shortRev or self.dirtyShortRev or "dirty";
        src = self;
        # SHA-256 of what `go mod vendor` makes; cmd/vendor_test.go proves it.
        vendorHash = "sha256-ZlNj2fKFLPFcHea/ovC7iq+z56wVg6mQqauZ2+OA2Bc=";
        subPackages = [ "cmd/scaffold" ];
        env.CGO_ENABLED = 0;
        ldflags = [ "-s" "-w" "-X holthome.net/scaffold/cmd.Version=${self.shortRev or self.dirtyShortRev or "dirty"}" ];
        nativeBuildInputs = [ pkgs.installShellFiles pkgs.makeWrapper ];
        # The tests run Nix, which the sandbox does not have.
        doCheck = false;
        postInstall = ''
          installShellCompletion --cmd scaffold \
            --bash <($out/bin/scaffold completion bash) \
            --fish <($out/bin/scaffold completion fish) \
            --zsh <($out/bin/scaffold completion zsh)
          wrapProgram $out/bin/scaffold --suffix PATH : ${lib.makeBinPath [ pkgs.git ]}
        '';
        meta = {
          description = "Add a service to a NixOS fleet the way its owner would";
          license = lib.licenses.mit;
          mainProgram = "scaffold";
        };
      };
    in
    {
      packages = forAllSystems (pkgs: rec {
        scaffold = package pkgs;
        default = scaffold;
      });

      apps = forAllSystems (pkgs: rec {
        scaffold = {
          type = "app";
          program = lib.getExe self.packages.${pkgs.stdenv.hostPlatform.system}.scaffold;
          meta.description = "Add a service to a NixOS fleet";
        };
        default = scaffold;
      });

      overlays.default = final: _prev: { scaffold = package final; };

      devShells = forAllSystems (pkgs: {
        default = pkgs.mkShell {
          packages = with pkgs; [ go golangci-lint git nixpkgs-fmt statix deadnix ];
        };
      });

      formatter = forAllSystems (pkgs: pkgs.nixpkgs-fmt);
    };
}
