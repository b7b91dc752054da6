# A check of a flake: a derivation that is built if `scaffold check` finds no
# conflict of ids, ports, datasets or host names between the flake's hosts, and
# that fails with the findings otherwise.
#
# The facts are those that the program itself asks for (facts.nix), evaluated
# here and handed over as a file: the derivation runs no Nix and builds nothing
# of a host. What throws is left out and named; what Nix cannot catch (abort,
# a missing attribute, a wrong type) ends the evaluation, and its trace names
# the cell to put into `skip`.
{ pkgs # of the system that the check runs on
, flake # the target flake's `self`: paths in it are what findings point at
, nixosConfigurations ? flake.nixosConfigurations
, scaffold # the program's package: has bin/scaffold
, hosts ? null # names of the hosts to look at; null is all
, settings ? null # path of a .scaffold.yaml; null is the one in the flake, if any
, severity ? "error" # the least that fails the check; "warning" is shown either way
, uidMaps ? { } # copies of hosts' /var/lib/nixos/uid-map: { host = ./uid-map; }
, gidMaps ? { } # the same of gid-map
, skip ? { } # cells that are not to be read: { host = [ "service x" ]; }
}:
let
  inherit (builtins) attrNames concatMap concatStringsSep elem filter hasAttr
    head listToAttrs map mapAttrs pathExists replaceStrings toFile toJSON
    unsafeDiscardStringContext;

  kinds = import ./allocation-kinds.nix;

  known = attrNames nixosConfigurations;
  wanted = if hosts == null then known else hosts;
  unknown = filter (h: !(elem h known)) (wanted ++ concatMap attrNames [ skip uidMaps gidMaps ]);
  checked =
    if unknown == [ ] then wanted
    else throw "allocationCheck: the flake has no host ${head unknown}; it has ${concatStringsSep ", " known}";

  factsOf = host:
    import ./facts.nix {
      inherit host;
      flake = flake // { inherit nixosConfigurations; };
      only = kinds;
      # What was left out is told too: nobody follows this evaluation.
      cells = prefix: set:
        let
          cells = import ../../nixeval/cells.nix { announce = false; skip = skip.${host} or [ ]; } prefix set;
        in
        { inherit cells; unreadable = filter (n: !(hasAttr n cells)) (attrNames set); };
    };
  facts = listToAttrs (map (name: { inherit name; value = factsOf name; }) checked);

  # The text alone: that a host would use a package is no reason to build it.
  file = toFile "facts.json" (unsafeDiscardStringContext (toJSON {
    hosts = mapAttrs (_: f: f.cells) facts;
    unreadable = mapAttrs (_: f: f.unreadable) facts;
  }));

  # A store path of its own for each file, so that the check is not made anew
  # for every change of another.
  ownPath = name: path: "${builtins.path { inherit name path; }}";
  found = flake + "/.scaffold.yaml";
  chosen = if settings != null then settings else if pathExists found then found else null;
  maps = flag: files: concatMap (host: [ flag "${host}=${ownPath "id-map" files.${host}}" ]) (attrNames files);
  arguments = [ "check" "--facts" file "--severity" severity ]
    ++ (if chosen == null then [ ] else [ "--settings" (ownPath "scaffold.yaml" chosen) ])
    ++ maps "--uid-map" uidMaps
    ++ maps "--gid-map" gidMaps;
  quoted = text: "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
in
pkgs.runCommand "allocations" { } ''
  export HOME=$TMPDIR
  ${scaffold}/bin/scaffold ${concatStringsSep " " (map quoted arguments)} >&2 || exit
  echo checked > $out
'' // { inherit facts; }
