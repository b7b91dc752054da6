{
  description = "Add a service to a NixOS fleet the way its owner would";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ];
      forAllSystems = f: lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});

      # The example as a flake: all its inputs are itself.
      example = { outPath = ./testdata/example; } // (import ./testdata/example/flake.nix).outputs (
        { self = example; } // lib.genAttrs [ "nixpkgs" "nixpkgs-lib" "nixpkgs-unstable" "sops-nix" ] (_: example)
      );

      packageFor = system: self.packages.${system}.scaffold;
      version = self.shortRev or self.dirtyShortRev or "dirty";
      # A fleet's own nixpkgs may have an older Go as its default.
      buildGoModule = pkgs:
        if lib.versionOlder (pkgs.go.version or "1.26") "1.26" then pkgs.buildGo126Module or pkgs.buildGoModule
        else pkgs.buildGoModule;

      package = pkgs: buildGoModule pkgs {
        pname = "scaffold";
        inherit version;
        # What is no part of the program does not build it anew.
        src = lib.fileset.toSource {
          root = ./.;
          fileset = lib.fileset.difference ./. (lib.fileset.unions [ ./.ci ./dev ./docs ./README.md ./flake.nix ./flake.lock ]);
        };
        # SHA-256 of what `go mod vendor` makes; cmd/vendor_test.go proves it.
        vendorHash = "sha256-nw7KuZRFevR9ie2ey13fHdGMd8gGpCaVADctezgcnqo=";
        subPackages = [ "cmd/scaffold" ];
        env.CGO_ENABLED = 0;
        ldflags = [ "-s" "-w" "-X holthome.net/scaffold/cmd.Version=${version}" ];
        nativeBuildInputs = [ pkgs.installShellFiles pkgs.makeWrapper ];
        # The tests run Nix, which the sandbox does not have.
        doCheck = false;
        postInstall = ''
          installShellCompletion --cmd scaffold \
            --bash <($out/bin/scaffold completion bash) \
            --fish <($out/bin/scaffold completion fish) \
            --zsh <($out/bin/scaffold completion zsh)
          $out/bin/scaffold man > scaffold.1
          installManPage scaffold.1
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

      # A derivation that fails when the hosts of a flake want the same id, port,
      # dataset or host name; its arguments are told in the file.
      lib.allocationCheck = given@{ pkgs, ... }:
        import ./discover/nix/allocations.nix ({ scaffold = packageFor pkgs.stdenv.hostPlatform.system; } // given);

      flakeModules.default = import ./discover/nix/flake-module.nix {
        pkgsFor = system: nixpkgs.legacyPackages.${system};
        inherit packageFor;
        inherit (self.lib) allocationCheck;
      };

      checks = forAllSystems (pkgs: {
        # Without Nix, which the sandbox does not have: tests that need it skip.
        tests = (package pkgs).overrideAttrs (old: {
          pname = "scaffold-tests";
          src = self; # some tests read the docs
          nativeBuildInputs = old.nativeBuildInputs ++ [ pkgs.git ];
          doCheck = true;
          # The hash of the modules is what fetched them here.
          checkPhase = ''
            runHook preCheck
            export HOME=$TMPDIR
            go test -skip '^TestVendorHash$' ./...
            runHook postCheck
          '';
        });
        allocations = self.lib.allocationCheck { inherit pkgs; flake = example; };
      });

      devShells = forAllSystems (pkgs: {
        default = pkgs.mkShell {
          packages = with pkgs; [ go golangci-lint git nixpkgs-fmt statix deadnix ];
        };
      });

      formatter = forAllSystems (pkgs: pkgs.nixpkgs-fmt);
    };
}
