# Tests of a library with the interface of nixpkgs' lib: what it returns is
# the list of what failed. Run on the example's lib, and on the real one, which
# shows that the tests themselves are right.
{ lib }:
let
  inherit (lib) evalModules mkAfter mkBefore mkDefault mkForce mkIf mkMerge mkOption mkOverride types;

  eval = modules: evalModules { inherit modules; };
  value = type: definitions: (eval ([{ options.x = mkOption { inherit type; }; }] ++ map (x: { inherit x; }) definitions)).config.x;
  throws = v: !(builtins.tryEval (builtins.deepSeq v null)).success;

  # A set of services, as repositories declare them.
  declared = { _file = "declared.nix"; options.services = mkOption { type = types.attrsOf (types.submodule service); default = { }; }; };
  service = { name, config, ... }: {
    options = {
      enable = lib.mkEnableOption "it";
      name = mkOption { type = types.str; default = name; };
      port = mkOption { type = types.port; default = 80; };
      url = mkOption { type = types.str; readOnly = true; default = "http://${config.name}:${toString config.port}"; };
    };
  };
  services = eval [
    declared
    { _file = "one.nix"; services.a.port = 8080; }
    { _file = "two.nix"; services.a.enable = true; services.b = { }; }
  ];
  optionsOf = name: services.options.services.valueMeta.attrs.${name}.configuration.options;

  tests = {
    # --- priorities and order
    "a definition wins over a default" = { expr = value types.int [ 1 (mkDefault 2) ]; expected = 1; };
    "force wins over a definition" = { expr = value types.int [ 1 (mkForce 2) ]; expected = 2; };
    "the lowest priority wins" = { expr = value types.int [ (mkOverride 10 3) (mkForce 2) ]; expected = 3; };
    "force inside if" = { expr = value types.int [ 1 (mkIf true (mkForce 2)) (mkIf false (mkOverride 1 3)) ]; expected = 2; };
    "before and after" = { expr = value (types.listOf types.int) [ (mkAfter [ 3 ]) [ 2 ] (mkBefore [ 1 ]) ]; expected = [ 1 2 3 ]; };
    "lists come in the reverse order of modules" = { expr = value (types.listOf types.int) [ [ 1 ] [ 2 ] ]; expected = [ 2 1 ]; };
    "merge keeps the order" = { expr = value (types.listOf types.int) [ (mkMerge [ [ 1 ] [ 2 ] ]) ]; expected = [ 1 2 ]; };
    "if without a definition is no definition" = {
      expr = (eval [{ options.x = mkOption { type = types.int; default = 7; }; } { x = mkIf false 1; }]).config.x;
      expected = 7;
    };
    "two values conflict" = { expr = throws (value types.int [ 1 2 ]); expected = true; };
    "one value twice does not" = { expr = value types.int [ 1 1 ]; expected = 1; };
    "highestPrio of a default, a definition, a force" = {
      expr = map (d: (eval ([{ options.x = mkOption { type = types.int; default = 0; }; }] ++ d)).options.x.highestPrio)
        [ [ ] [{ x = 1; }] [{ x = mkForce 1; }] ];
      expected = [ 1500 100 50 ];
    };
    "properties above options" = {
      expr = (eval [
        { options.a.b = mkOption { type = types.int; default = 0; }; options.a.c = mkOption { type = types.int; default = 0; }; }
        (mkIf true { a = mkMerge [{ b = 1; } (mkIf true { c = mkForce 2; })]; })
        { config.a.c = 3; }
      ]).config.a;
      expected = { b = 1; c = 2; };
    };

    # --- modules
    "imports, arguments and special arguments" = {
      expr = (evalModules {
        specialArgs.special = 1;
        modules = [
          { imports = [ ({ special, ... }: { options.x = mkOption { type = types.int; default = special; }; }) ]; }
          ({ config, arg, ... }: { options.y = mkOption { type = types.int; }; config.y = config.x + arg; })
          { _module.args.arg = 2; }
        ];
      }).config;
      expected = { x = 1; y = 3; };
    };
    "a module is imported once" = {
      expr =
        let shared = { key = "shared"; options.x = mkOption { type = types.listOf types.int; }; config.x = [ 1 ]; }; in
        (eval [{ imports = [ shared ]; } { imports = [ shared ]; }]).config.x;
      expected = [ 1 ];
    };
    "a disabled module" = {
      expr = (eval [
        { key = "a"; options.x = mkOption { type = types.int; default = 0; }; }
        { key = "b"; x = 1; }
        { disabledModules = [{ key = "b"; }]; }
      ]).config.x;
      expected = 0;
    };
    "extendModules" = { expr = (services.extendModules { modules = [{ services.c.port = 1; }]; }).config.services.c.url; expected = "http://c:1"; };
    "what is not declared" = { expr = throws (eval [{ y = 1; }]).config; expected = true; };
    "unless it is not checked" = { expr = (eval [{ _module.check = false; y = 1; } { options.x = mkOption { default = 0; }; }]).config; expected = { x = 0; }; };
    "a free form" = {
      expr = (eval [{ freeformType = types.attrsOf types.int; options.x = mkOption { type = types.str; default = "x"; }; config.y = 1; }]).config;
      expected = { x = "x"; y = 1; };
    };
    "a free form inside a tree" = {
      expr = (eval [
        { options.s = mkOption { type = types.submodule { freeformType = types.attrsOf types.anything; options.a.b = mkOption { type = types.int; default = 1; }; }; default = { }; }; }
        { s.a.c = 2; s.d.e = 3; }
      ]).config.s;
      expected = { a = { b = 1; c = 2; }; d.e = 3; };
    };
    "two declarations of one option" = {
      expr = builtins.attrNames (eval [
        { options.x = mkOption { type = types.attrsOf (types.submodule { options.a = mkOption { default = 1; }; }); default = { }; }; }
        { options.x = mkOption { type = types.attrsOf (types.submodule { options.b = mkOption { default = 2; }; }); }; }
        { x.n = { }; }
      ]).config.x.n;
      expected = [ "a" "b" ];
    };
    "an alias" = {
      expr = (eval [
        { options.new = mkOption { type = types.int; default = 0; }; options.assertions = mkOption { default = [ ]; }; options.warnings = mkOption { default = [ ]; }; }
        { options.old = mkOption { type = types.int; default = 0; }; }
        ({ options, ... }: { config.new = lib.mkAliasDefinitions options.old; })
        { old = 5; }
      ]).config.new;
      expected = 5;
    };

    # --- what is known of an option
    "submodules and their arguments" = { expr = services.config.services; expected = { a = { enable = true; name = "a"; port = 8080; url = "http://a:8080"; }; b = { enable = false; name = "b"; port = 80; url = "http://b:80"; }; }; };
    "definitionsWithLocations" = {
      expr = services.options.services.definitionsWithLocations;
      expected = [{ file = "two.nix"; value = { a.enable = true; b = { }; }; } { file = "one.nix"; value = { a.port = 8080; }; }];
    };
    "files" = { expr = services.options.services.files; expected = [ "two.nix" "one.nix" ]; };
    "declarations" = { expr = services.options.services.declarations; expected = [ "declared.nix" ]; };
    "loc" = { expr = services.options.services.loc; expected = [ "services" ]; };
    "isDefined and isOption" = { expr = [ services.options.services.isDefined services.options.services._type (eval [{ options.x = mkOption { }; }]).options.x.isDefined ]; expected = [ true "option" false ]; };
    "positions have a file, a line and a column" = {
      expr = map builtins.attrNames services.options.services.declarationPositions;
      expected = [ [ "column" "file" "line" ] ];
    };
    "a position is where the option is written" = {
      expr = (lib.head services.options.services.declarationPositions).line == (builtins.unsafeGetAttrPos "options" declared).line;
      expected = true;
    };
    "options of one submodule, with their files" = {
      expr = (optionsOf "a").port.definitionsWithLocations;
      expected = [{ file = "one.nix"; value = 8080; }];
    };
    "priority inside one submodule" = { expr = map (n: (optionsOf n).port.highestPrio) [ "a" "b" ]; expected = [ 100 1500 ]; };
    "getSubOptions" = {
      expr = let sub = services.options.services.type.getSubOptions [ "services" ]; in { names = builtins.attrNames (builtins.removeAttrs sub [ "_module" ]); inherit (sub.port) loc; };
      expected = { names = [ "enable" "name" "port" "url" ]; loc = [ "services" "<name>" "port" ]; };
    };
    "getSubOptions through nullOr and listOf" = {
      expr = ((types.nullOr (types.listOf (types.submodule { options.x = mkOption { }; }))).getSubOptions [ "o" ]).x.loc;
      expected = [ "o" "*" "x" ];
    };
    "names of types" = {
      expr = map (t: t.name) [ types.str types.int types.bool types.path types.package types.lines (types.listOf types.str) (types.attrsOf types.int) (types.nullOr types.str) (types.enum [ 1 ]) (types.submodule { }) (types.either types.int types.str) ];
      expected = [ "str" "int" "bool" "path" "package" "separatedString" "listOf" "attrsOf" "nullOr" "enum" "submodule" "either" ];
    };
    "descriptions of types" = {
      expr = map (t: t.description) [ types.str types.port (types.listOf types.str) (types.nullOr types.int) (types.attrsOf (types.listOf types.str)) (types.enum [ "a" "b" ]) ];
      expected = [ "string" "16 bit unsigned integer; between 0 and 65535 (both inclusive)" "list of string" "null or signed integer" "attribute set of list of string" ''one of "a", "b"'' ];
    };
    "nested types" = { expr = (types.nullOr (types.listOf types.str)).nestedTypes.elemType.nestedTypes.elemType.name; expected = "str"; };
    "the documentation of options" = {
      expr = map (o: { inherit (o) name; type = o.type or null; }) (lib.filter (o: !o.internal) (lib.optionAttrSetToDocList (builtins.removeAttrs services.options [ "_module" ])));
      expected = [
        { name = "services"; type = "attribute set of (submodule)"; }
        { name = "services.<name>.enable"; type = "boolean"; }
        { name = "services.<name>.name"; type = "string"; }
        { name = "services.<name>.port"; type = "16 bit unsigned integer; between 0 and 65535 (both inclusive)"; }
        { name = "services.<name>.url"; type = "string"; }
      ];
    };

    # --- types
    "a wrong type" = { expr = throws (value types.int [ "1" ]); expected = true; };
    "a port too high" = { expr = throws (value types.port [ 65536 ]); expected = true; };
    "lines" = { expr = value types.lines [ "b" (mkBefore "a") ]; expected = "a\nb"; };
    "attrs are updated, not merged" = { expr = value types.attrs [{ a.b = 1; } { a.c = 2; }]; expected = { a.b = 1; }; };
    "anything is merged" = { expr = value types.anything [{ a.b = 1; } { a.c = [ 2 ]; }]; expected = { a = { b = 1; c = [ 2 ]; }; }; };
    "null and a value" = { expr = throws (value (types.nullOr types.int) [ null 1 ]); expected = true; };
    "coercion" = { expr = value (types.coercedTo types.str lib.singleton (types.listOf types.str)) [ "a" ]; expected = [ "a" ]; };
    "either" = { expr = map (v: value (types.either types.int types.str) [ v ]) [ 1 "a" ]; expected = [ 1 "a" ]; };
    "one of" = { expr = value (types.oneOf [ types.int types.bool types.str ]) [ true ]; expected = true; };
    "a function" = { expr = (value (types.functionTo (types.listOf types.int)) [ (x: [ x ]) ]) 3; expected = [ 3 ]; };
    "a pattern" = { expr = [ (value (types.strMatching "[a-z]+") [ "abc" ]) (throws (value (types.strMatching "[a-z]+") [ "A" ])) ]; expected = [ "abc" true ]; };
    "a lazy set is not forced" = { expr = builtins.attrNames (value (types.lazyAttrsOf types.int) [{ a = throw "a"; b = 1; }]); expected = [ "a" "b" ]; };
    "a set drops what is not defined" = { expr = value (types.attrsOf types.int) [{ a = mkIf false 1; b = 2; }]; expected = { b = 2; }; };
    "a derivation is a package" = { expr = [ (types.package.check { type = "derivation"; }) (types.package.check 1) ]; expected = [ true false ]; };
    "paths" = { expr = map types.path.check [ "/a" "a" 1 ]; expected = [ true false false ]; };
    "an option without a value" = { expr = throws (eval [{ options.x = mkOption { type = types.int; }; }]).config.x; expected = true; };
    "a read-only option set twice" = { expr = throws (eval [{ options.x = mkOption { type = types.int; readOnly = true; }; config.x = 1; } { x = mkForce 1; }]).config.x; expected = true; };
    "apply" = { expr = (eval [{ options.x = mkOption { type = types.int; apply = toString; default = 1; }; }]).config.x; expected = "1"; };

    # --- functions
    "strings" = {
      expr = {
        split = lib.splitString "/" "a/b//c";
        prefix = [ (lib.removePrefix "a" "ab") (lib.removePrefix "b" "ab") (lib.hasPrefix "a" "ab") ];
        suffix = [ (lib.removeSuffix "b" "ab") (lib.hasSuffix "b" "ab") (lib.hasSuffix "abc" "c") ];
        infix = [ (lib.hasInfix ".*" "a.*b") (lib.hasInfix "x" "ab") ];
        case = [ (lib.toUpper "aB") (lib.toLower "aB") ];
        int = map lib.toInt [ "915" "-1" "0" " 7 " ];
        noInt = map (s: throws (lib.toInt s)) [ "a" "" "08" ];
        shell = lib.escapeShellArgs [ "a b" "it's" "plain" "" ];
        nix = map lib.strings.escapeNixIdentifier [ "a" "a.b" "if" "a-b" "1" ];
        bin = lib.makeBinPath [ "/a" "/b" ];
        bool = [ (lib.boolToString true) (lib.boolToString false) ];
        sep = lib.concatMapStringsSep ", " toString [ 1 2 ];
        number = lib.fixedWidthNumber 4 7;
      };
      expected = {
        split = [ "a" "b" "" "c" ];
        prefix = [ "b" "ab" true ];
        suffix = [ "a" true false ];
        infix = [ true false ];
        case = [ "AB" "ab" ];
        int = [ 915 (-1) 0 7 ];
        noInt = [ true true true ];
        shell = "'a b' 'it'\\''s' plain ''";
        nix = [ "a" "\"a.b\"" "\"if\"" "a-b" "\"1\"" ];
        bin = "/a/bin:/b/bin";
        bool = [ "true" "false" ];
        sep = "1, 2";
        number = "0007";
      };
    };
    "sets" = {
      expr = {
        renamed = lib.mapAttrs' (n: v: lib.nameValuePair "x-${n}" (v + 1)) { a = 1; };
        list = lib.mapAttrsToList (n: v: "${n}=${toString v}") { a = 1; b = 2; };
        some = lib.filterAttrs (_: v: v > 1) { a = 1; b = 2; };
        made = lib.genAttrs [ "a" ] (n: n + n);
        path = [ (lib.attrByPath [ "a" "b" ] 0 { a.b = 1; }) (lib.attrByPath [ "a" "c" ] 0 { a.b = 1; }) (lib.hasAttrByPath [ "a" "b" ] { a.b = 1; }) ];
        deep = lib.recursiveUpdate { a.b = 1; a.c = 2; } { a.b = 3; d = 4; };
        optional = [ (lib.optionalAttrs false { a = 1; }) (lib.optionalAttrs true { a = 1; }) ];
        collected = lib.collect builtins.isInt { a = 1; b.c = 2; };
        exe = lib.getExe { type = "derivation"; outPath = "/p"; meta.mainProgram = "m"; };
      };
      expected = {
        renamed = { x-a = 2; };
        list = [ "a=1" "b=2" ];
        some = { b = 2; };
        made = { a = "aa"; };
        path = [ 1 0 true ];
        deep = { a = { b = 3; c = 2; }; d = 4; };
        optional = [{ } { a = 1; }];
        collected = [ 1 2 ];
        exe = "/p/bin/m";
      };
    };
    "lists" = {
      expr = {
        ends = [ (lib.last [ 1 2 ]) (lib.init [ 1 2 ]) (lib.take 1 [ 1 2 ]) (lib.drop 1 [ 1 2 ]) (lib.take 9 [ 1 ]) (lib.drop 9 [ 1 ]) ];
        flat = lib.flatten [ 1 [ 2 [ 3 ] ] ];
        once = lib.unique [ 1 2 1 ];
        folded = [ (lib.foldr (a: b: "${a}${b}") "" [ "a" "b" ]) (lib.foldl' (a: b: "${b}${a}") "" [ "a" "b" ]) ];
        optional = [ (lib.optional true 1) (lib.optionals false [ 1 ]) ];
        found = [ (lib.findFirst (x: x > 1) 0 [ 1 2 3 ]) (lib.findFirst (x: x > 9) 0 [ 1 ]) ];
        range = lib.range 1 3;
        minus = lib.subtractLists [ 1 ] [ 1 2 ];
        indexed = lib.imap1 (i: x: i * x) [ 5 5 ];
      };
      expected = {
        ends = [ 2 [ 1 ] [ 1 ] [ 2 ] [ 1 ] [ ] ];
        flat = [ 1 2 3 ];
        once = [ 1 2 ];
        folded = [ "ab" "ba" ];
        optional = [ [ 1 ] [ ] ];
        found = [ 2 0 ];
        range = [ 1 2 3 ];
        minus = [ 2 ];
        indexed = [ 5 10 ];
      };
    };
  };
in
lib.concatLists (lib.mapAttrsToList
  (name: t: lib.optional (t.expr != t.expected) { inherit name; inherit (t) expr expected; })
  tests)
