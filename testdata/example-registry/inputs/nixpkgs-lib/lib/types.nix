# Option types. A type is a record; `check` looks at one definition, `merge`
# makes one value of all of them. A type that can tell more of a value than
# the value itself (which submodule gave it) has `merge.v2`.
{ lib }:
let
  inherit (builtins) all any filter elemAt head isAttrs isList length mapAttrs match;
  inherit (lib) concatMapStringsSep mergeEqualOption mergeOneOption mergeDefaultOption showOption;

  # A merge function that also answers v2.
  withMeta = v2: {
    __functor = self: loc: defs: (self.v2 { inherit loc defs; }).value;
    inherit v2;
  };
  mergeMeta = type: loc: defs:
    if type.merge ? v2 then
      type.merge.v2 { inherit loc defs; }
    else { value = type.merge loc defs; valueMeta = { }; };

  defaultTypeMerge = f: f':
    let
      merged = f.wrapped.typeMerge f'.wrapped.functor;
      payload = f.binOp f.payload f'.payload;
    in
    if f.name != f'.name then null
    else if f.wrapped or null != null then
      if f'.wrapped or null == null || merged == null then null else f.type merged
    else if f.payload or null != null then
      if f'.payload or null == null || payload == null then null else f.type payload
    else f.type;

  parens = type: if lib.elem (type.descriptionClass or null) [ "noun" "composite" ] then type.description else "(${type.description})";
in
rec {
  isType = name: x: x._type or null == name;
  setType = name: x: x // { _type = name; };
  isOptionType = isType "option-type";

  mkOptionType =
    { name
    , description ? name
    , descriptionClass ? null
    , check ? (_: true)
    , merge ? mergeDefaultOption
    , emptyValue ? { }
    , getSubOptions ? (_: { })
    , getSubModules ? null
    , substSubModules ? (_: null)
    , functor ? { inherit name; type = lib.types.${name} or null; wrapped = null; payload = null; binOp = _: _: null; }
    , typeMerge ? defaultTypeMerge functor
    , deprecationMessage ? null
    , nestedTypes ? { }
    }:
    {
      _type = "option-type";
      inherit name description descriptionClass check merge emptyValue getSubOptions getSubModules substSubModules typeMerge deprecationMessage nestedTypes;
      functor = functor // { type = functor.type or null; };
    };

  # --- values

  raw = mkOptionType { name = "raw"; description = "raw value"; descriptionClass = "noun"; merge = mergeOneOption; };
  unspecified = mkOptionType { name = "unspecified"; description = "unspecified value"; descriptionClass = "noun"; };
  anything = mkOptionType {
    name = "anything";
    description = "anything";
    descriptionClass = "noun";
    merge = loc: defs:
      let
        kind = v: if isAttrs v && lib.isStringLike v then "stringCoercibleSet" else if lib.isFunction v then "lambda" else builtins.typeOf v;
        kinds = lib.unique (map (d: kind d.value) defs);
        common = if length kinds == 1 then head kinds else null;
      in
      if common == "set" then (lazyAttrsOf anything).merge loc defs
      else if common == "list" then if length defs > 1 then mergeEqualOption loc defs else (listOf anything).merge loc defs
      else if common == "lambda" then x: anything.merge loc (map (d: d // { value = d.value x; }) defs)
      else if length defs == 1 then (head defs).value
      else mergeEqualOption loc defs;
  };

  bool = mkOptionType { name = "bool"; description = "boolean"; descriptionClass = "noun"; check = builtins.isBool; merge = mergeEqualOption; };
  boolByOr = mkOptionType { name = "boolByOr"; description = "boolean (merged using or)"; check = builtins.isBool; merge = _: any (d: d.value); };
  int = mkOptionType { name = "int"; description = "signed integer"; descriptionClass = "noun"; check = builtins.isInt; merge = mergeEqualOption; };
  float = mkOptionType { name = "float"; description = "floating point number"; descriptionClass = "noun"; check = builtins.isFloat; merge = mergeEqualOption; };
  number = either int float;
  numbers.between = low: high: addCheck number (x: x >= low && x <= high) // { description = "integer or floating point number between ${toString low} and ${toString high} (both inclusive)"; };

  ints =
    let
      between = low: high: addCheck int (x: x >= low && x <= high) // {
        name = "intBetween";
        description = "integer between ${toString low} and ${toString high} (both inclusive)";
      };
      unsignedOf = bits: high: between 0 high // {
        name = "unsignedInt${toString bits}";
        description = "${toString bits} bit unsigned integer; between 0 and ${toString high} (both inclusive)";
      };
    in
    {
      inherit between;
      unsigned = addCheck int (x: x >= 0) // { name = "unsignedInt"; description = "unsigned integer, meaning >=0"; };
      positive = addCheck int (x: x > 0) // { name = "positiveInt"; description = "positive integer, meaning >0"; };
      u8 = unsignedOf 8 255;
      u16 = unsignedOf 16 65535;
      u32 = unsignedOf 32 4294967295;
    };
  port = ints.u16;

  str = mkOptionType { name = "str"; description = "string"; descriptionClass = "noun"; check = builtins.isString; merge = mergeEqualOption; };
  nonEmptyStr = addCheck str (s: match "[ \t\n]*" s == null) // { name = "nonEmptyStr"; description = "non-empty string"; };
  singleLineStr = addCheck str (s: match "[^\n\r]*\n?" s != null) // {
    name = "singleLineStr";
    description = "(optionally newline-terminated) single-line string";
    merge = loc: defs: lib.removeSuffix "\n" (mergeEqualOption loc defs);
  };
  strMatching = pattern: mkOptionType {
    name = "strMatching ${lib.escapeNixString pattern}";
    description = "string matching the pattern ${pattern}";
    descriptionClass = "noun";
    check = x: builtins.isString x && match pattern x != null;
    merge = mergeEqualOption;
    functor = { name = "strMatching ${pattern}"; type = strMatching pattern; wrapped = null; payload = null; binOp = _: _: null; };
  };
  passwdEntry = entryType: addCheck entryType (s: !(lib.hasInfix ":" s)) // {
    name = "passwdEntry ${entryType.name}";
    description = "${entryType.description}, not containing newlines or colons";
  };
  separatedString = sep: mkOptionType {
    name = "separatedString";
    description = if sep == "" then "Concatenated string" else "strings concatenated with ${builtins.toJSON sep}";
    descriptionClass = "noun";
    check = builtins.isString;
    merge = _: defs: lib.concatStringsSep sep (lib.getValues defs);
    functor = { name = "separatedString"; type = separatedString; wrapped = null; payload = sep; binOp = a: b: if a == b then a else null; };
  };
  lines = separatedString "\n";
  commas = separatedString ",";
  envVar = separatedString ":";
  string = lib.warn "types.string is deprecated" str;

  path = mkOptionType {
    name = "path";
    description = "absolute path";
    descriptionClass = "noun";
    check = x: lib.isStringLike x && builtins.substring 0 1 (toString x) == "/";
    merge = mergeEqualOption;
  };
  pathInStore = mkOptionType {
    name = "pathInStore";
    description = "path in the Nix store";
    check = x: lib.isStringLike x && match "${builtins.storeDir}/[^.].*" (toString x) != null;
    merge = mergeEqualOption;
  };
  package = mkOptionType {
    name = "package";
    description = "package";
    descriptionClass = "noun";
    check = x: lib.isDerivation x || lib.isStorePath x;
    merge = loc: defs:
      let value = mergeOneOption loc defs; in
      if lib.isDerivation value then value else lib.toDerivation value;
  };
  shellPackage = addCheck package (x: x ? shellPath);
  pkgs = addCheck (unspecified // { name = "pkgs"; description = "Nixpkgs package set"; merge = mergeOneOption; }) (x: x._type or null == "pkgs");

  enum = values: mkOptionType {
    name = "enum";
    description =
      if values == [ ] then "impossible (empty enum)"
      else if length values == 1 then "value ${lib.generators.toPretty { } (head values)} (singular enum)"
      else "one of ${concatMapStringsSep ", " (lib.generators.toPretty { }) values}";
    descriptionClass = if length values < 2 then "noun" else "conjunction";
    check = x: lib.elem x values;
    merge = mergeEqualOption;
    functor = { name = "enum"; type = payload: enum payload.values; wrapped = null; payload = { inherit values; }; binOp = a: b: { values = lib.unique (a.values ++ b.values); }; };
  };

  attrs = mkOptionType {
    name = "attrs";
    description = "attribute set";
    check = isAttrs;
    emptyValue.value = { };
    merge = _: lib.foldl' (acc: d: acc // d.value) { };
  };

  optionType = mkOptionType { name = "optionType"; description = "optionType"; descriptionClass = "noun"; check = x: x._type or null == "option-type"; merge = loc: defs: if length defs == 1 then (head defs).value else mergeEqualOption loc defs; };

  # --- values made of values

  listOf = elemType: mkOptionType rec {
    name = "listOf";
    description = "list of ${parens elemType}";
    descriptionClass = "composite";
    check = isList;
    merge = withMeta ({ loc, defs }:
      let
        items = lib.concatLists (lib.imap1
          (n: def: lib.imap1
            (i: value:
              lib.modules.mergeDefinitions (loc ++ [ "[definition ${toString n}-entry ${toString i}]" ]) elemType
                [{ inherit (def) file; inherit value; }])
            def.value)
          defs);
        present = filter (x: x.isDefined) items;
      in
      { value = map (x: x.mergedValue) present; valueMeta.list = map (x: x.valueMeta) present; });
    emptyValue.value = [ ];
    getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "*" ]);
    inherit (elemType) getSubModules;
    substSubModules = m: listOf (elemType.substSubModules m);
    functor = { inherit name; type = listOf; wrapped = elemType; };
    nestedTypes.elemType = elemType;
  };
  nonEmptyListOf = elemType: addCheck (listOf elemType) (l: l != [ ]) // { description = "non-empty ${(listOf elemType).description}"; emptyValue = { }; };

  attrsWith = { elemType, lazy ? false, placeholder ? "name" }:
    let
      type = if lazy then lazyAttrsOf else attrsOf;
      pushed = defs: map (def: mapAttrs (_: value: { inherit (def) file; inherit value; }) def.value) defs;
    in
    mkOptionType rec {
      name = if lazy then "lazyAttrsOf" else "attrsOf";
      description = (if lazy then "lazy " else "") + "attribute set of ${parens elemType}";
      descriptionClass = "composite";
      check = isAttrs;
      merge = withMeta ({ loc, defs }:
        let
          items = builtins.zipAttrsWith (n: ds: lib.modules.mergeDefinitions (loc ++ [ n ]) elemType ds) (pushed defs);
          present = if lazy then items else lib.filterAttrs (_: x: x.isDefined) items;
        in
        {
          value = mapAttrs (_: x: if lazy && !x.isDefined then elemType.emptyValue.value or x.mergedValue else x.mergedValue) present;
          valueMeta.attrs = mapAttrs (_: x: x.valueMeta) present;
        });
      emptyValue.value = { };
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<${placeholder}>" ]);
      inherit (elemType) getSubModules;
      substSubModules = m: type (elemType.substSubModules m);
      functor = { inherit name type; wrapped = elemType; };
      nestedTypes.elemType = elemType;
    };
  attrsOf = elemType: attrsWith { inherit elemType; };
  lazyAttrsOf = elemType: attrsWith { inherit elemType; lazy = true; };

  nullOr = elemType: mkOptionType rec {
    name = "nullOr";
    description = "null or ${parens elemType}";
    descriptionClass = "conjunction";
    check = x: x == null || elemType.check x;
    merge = withMeta ({ loc, defs }:
      let nulls = lib.count (d: d.value == null) defs; in
      if nulls == length defs then { value = null; valueMeta = { }; }
      else if nulls != 0 then
        throw "The option `${showOption loc}` is defined both null and not null, in ${lib.showFiles (lib.getFiles defs)}."
      else mergeMeta elemType loc defs);
    emptyValue.value = null;
    inherit (elemType) getSubOptions getSubModules;
    substSubModules = m: nullOr (elemType.substSubModules m);
    functor = { inherit name; type = nullOr; wrapped = elemType; };
    nestedTypes.elemType = elemType;
  };

  functionTo = elemType: mkOptionType {
    name = "functionTo";
    description = "function that evaluates to a(n) ${elemType.description}";
    descriptionClass = "composite";
    check = lib.isFunction;
    merge = loc: defs: args:
      (lib.modules.mergeDefinitions (loc ++ [ "<function body>" ]) elemType (map (d: { inherit (d) file; value = d.value args; }) defs)).mergedValue;
    getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<function body>" ]);
    inherit (elemType) getSubModules;
    substSubModules = m: functionTo (elemType.substSubModules m);
    functor = { name = "functionTo"; type = functionTo; wrapped = elemType; };
    nestedTypes.elemType = elemType;
  };

  unique = { message }: type: type // { merge = loc: defs: lib.mergeUniqueOption { inherit message; inherit (type) merge; } loc defs; };
  uniq = unique { message = ""; };

  either = t1: t2: mkOptionType rec {
    name = "either";
    description = "${t1.description} or ${t2.description}";
    descriptionClass = "conjunction";
    check = x: t1.check x || t2.check x;
    merge = loc: defs:
      let values = map (d: d.value) defs; in
      if all t1.check values then t1.merge loc defs
      else if all t2.check values then t2.merge loc defs
      else mergeOneOption loc defs;
    typeMerge = f':
      let
        mt1 = t1.typeMerge (elemAt f'.payload 0).functor;
        mt2 = t2.typeMerge (elemAt f'.payload 1).functor;
      in
      if name == f'.name && mt1 != null && mt2 != null then either mt1 mt2 else null;
    functor = { inherit name; type = either; wrapped = null; payload = [ t1 t2 ]; binOp = _: _: null; };
    nestedTypes = { left = t1; right = t2; };
  };
  oneOf = types:
    let
      first = if types == [ ] then throw "types.oneOf needs to get at least one type in its argument" else head types;
    in
    lib.foldl' either first (lib.tail types);

  coercedTo = from: coerce: to: mkOptionType {
    name = "coercedTo";
    description = "${to.description} or ${from.description} convertible to it";
    check = x: (from.check x && to.check (coerce x)) || to.check x;
    merge = loc: defs: to.merge loc (map (d: d // { value = if from.check d.value then coerce d.value else d.value; }) defs);
    inherit (to) emptyValue getSubOptions getSubModules;
    substSubModules = m: coercedTo from coerce (to.substSubModules m);
    typeMerge = _: null;
    functor = { name = "coercedTo"; type = null; wrapped = to; };
    nestedTypes = { coercedType = from; finalType = to; };
  };

  addCheck = type: check: type // { check = x: type.check x && check x; };

  # --- submodules

  submodule = modules: submoduleWith { shorthandOnlyDefinesConfig = true; modules = lib.toList modules; };
  submoduleWith = { modules, specialArgs ? { }, shorthandOnlyDefinesConfig ? false, description ? null, class ? null }@attrs:
    let
      toModules = map ({ value, file }:
        if isAttrs value && shorthandOnlyDefinesConfig then { _file = file; config = value; }
        else { _file = file; imports = [ value ]; });
      base = lib.evalModules {
        inherit class specialArgs;
        modules = [{ _module.args.name = lib.mkOptionDefault "‹name›"; }] ++ modules;
      };
      freeform = base._module.freeformType or null;
      described = if description != null then description else freeform.description or "submodule";
    in
    mkOptionType rec {
      name = "submodule";
      description = described;
      check = x: isAttrs x || lib.isFunction x || builtins.isPath x;
      merge = withMeta ({ loc, defs }:
        let
          configuration = base.extendModules {
            modules = [{ _module.args.name = lib.last loc; }] ++ toModules defs;
            prefix = loc;
          };
        in
        { value = configuration.config; valueMeta = { inherit configuration; }; });
      emptyValue.value = { };
      getSubOptions = prefix: (base.extendModules { inherit prefix; }).options
        // lib.optionalAttrs (freeform != null) { _freeformOptions = freeform.getSubOptions prefix; };
      getSubModules = modules;
      substSubModules = m: submoduleWith (attrs // { modules = m; });
      nestedTypes = lib.optionalAttrs (freeform != null) { freeformType = freeform; };
      functor = {
        inherit name;
        type = submoduleWith;
        wrapped = null;
        payload = { inherit modules class specialArgs shorthandOnlyDefinesConfig description; };
        binOp = a: b: a // { modules = a.modules ++ b.modules; specialArgs = a.specialArgs // b.specialArgs; };
      };
    };

  deferredModule = mkOptionType {
    name = "deferredModule";
    description = "module";
    descriptionClass = "noun";
    check = x: isAttrs x || lib.isFunction x || builtins.isPath x;
    merge = loc: defs: { imports = map (d: { _file = "${d.file}, via option ${showOption loc}"; imports = [ d.value ]; }) defs; };
  };

}
