# The module system: modules are collected, their option declarations merged
# into one tree, their definitions pushed down that tree and merged by type.
{ lib }:
let
  inherit (builtins)
    addErrorContext all attrNames concatMap elem filter functionArgs head isAttrs isFunction isList isString
    length map mapAttrs removeAttrs seq sort toString unsafeGetAttrPos zipAttrsWith;
  inherit (lib) isOption optionalAttrs optionals showDefs showFiles showOption;

  defaultOverridePriority = 100;
  defaultOrderPriority = 1000;

  # --- loading

  # A module function gets the arguments it names, each only when it is used:
  # most of them depend on the configuration that is being made.
  applyArgs = file: f: args@{ config, ... }:
    if !lib.isFunction f then f
    else
      let
        formals = if isFunction f then functionArgs f else f.__functionArgs or (functionArgs (f.__functor f));
        named = mapAttrs
          (name: _: addErrorContext "while evaluating the module argument `${name}' in \"${file}\":"
            (args.${name} or config._module.args.${name}))
          formals;
      in
      f (args // named);

  unify = file: key: m:
    let
      reserved = [ "_class" "_file" "key" "disabledModules" "imports" "options" "config" "meta" "freeformType" ];
      unknown = attrNames (removeAttrs m reserved);
      addMeta = config:
        if !(m ? freeformType) then config
        else lib.mkMerge [ config { _module.freeformType = m.freeformType; } ];
    in
    if !isAttrs m then
      throw "Module `${key}' does not look like a module."
    else if m ? config || m ? options then
      if unknown != [ ] then
        throw "Module `${key}' has an unsupported attribute `${head unknown}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString unknown}) into the explicit `config' attribute."
      else {
        _file = toString (m._file or file);
        key = toString (m.key or key);
        disabledModules = m.disabledModules or [ ];
        imports = m.imports or [ ];
        options = m.options or { };
        config = addMeta (m.config or { });
      }
    else {
      _file = toString (m._file or file);
      key = toString (m.key or key);
      disabledModules = m.disabledModules or [ ];
      imports = m.require or [ ] ++ m.imports or [ ];
      options = { };
      config = addMeta (removeAttrs m [ "_class" "_file" "key" "disabledModules" "require" "imports" "freeformType" ]);
    };

  load = args: file: key: m:
    if lib.isFunction m then unify file key (applyArgs file m args)
    else if isAttrs m then
      if elem (m._type or "module") [ "if" "override" "merge" ] then unify file key { config = m; }
      else unify file key m
    else if isList m then
      throw "Module imports can't be nested lists. Perhaps you meant to remove one level of lists? Definitions: ${showDefs [{ inherit file; value = m; }]}"
    else unify (toString m) (toString m) (applyArgs (toString m) (import m) args);

  collect = modulesPath: initial: args:
    let
      step = file: parentKey: lib.imap1 (n: m:
        let module = load args file "${parentKey}:anon-${toString n}" m; in
        { inherit (module) key; inherit module; });
      closure = builtins.genericClosure {
        startSet = step "<unknown-file>" "" initial;
        operator = { module, ... }: step module._file module.key module.imports;
      };
      modules = map (x: x.module) closure;
      disabledKey = d: if isString d && builtins.substring 0 1 d != "/" then "${modulesPath}/${d}" else if isAttrs d then d.key else toString d;
      disabled = concatMap (m: map disabledKey m.disabledModules) modules;
    in
    filter (m: !(elem m.key disabled)) modules;

  # --- properties: mkIf, mkMerge, mkOverride, mkOrder

  pushDown = cfg:
    let type = cfg._type or null; in
    if type == null then [ cfg ]
    else if type == "merge" then concatMap pushDown cfg.contents
    else if type == "if" then map (mapAttrs (_: lib.mkIf cfg.condition)) (pushDown cfg.content)
    else if type == "override" then map (mapAttrs (_: lib.mkOverride cfg.priority)) (pushDown cfg.content)
    else [ cfg ];

  discharge = def:
    let type = def._type or null; in
    if type == "merge" then concatMap discharge def.contents
    else if type == "if" then
      if builtins.isBool def.condition then optionals def.condition (discharge def.content)
      else throw "‘mkIf’ called with a non-Boolean condition"
    else [ def ];

  priorityOf = def: if def.value._type or null == "override" then def.value.priority else defaultOverridePriority;
  filterOverrides = defs:
    let
      highestPrio = lib.foldl' (acc: d: lib.min acc (priorityOf d)) 9999 defs;
      strip = d: if d.value._type or null == "override" then d // { value = d.value.content; } else d;
    in
    { inherit highestPrio; values = concatMap (d: optionals (priorityOf d == highestPrio) [ (strip d) ]) defs; };

  sortByOrder = defs:
    let
      strip = d: if d.value._type or null == "order" then d // { value = d.value.content; inherit (d.value) priority; } else d;
      rank = d: d.priority or defaultOrderPriority;
    in
    if all (d: d.value._type or null != "order") defs then defs
    else sort (a: b: rank a < rank b) (map strip defs);

  # --- options

  # The tree of options with their values, and what was defined without one.
  mergeTree = prefix: declModules: configs:
    let
      declsByName = zipAttrsWith (_: lib.concatLists) (map
        (m:
          if !isAttrs m.options then
            throw "An option declaration for `${showOption prefix}' has type `${builtins.typeOf m.options}' rather than an attribute set; declared in ${m._file}"
          else
            mapAttrs (name: options: [{ inherit (m) _file; inherit options; pos = unsafeGetAttrPos name m.options; }]) m.options)
        declModules);
      defsByName = zipAttrsWith (_: lib.concatLists) (map
        (c:
          if !isAttrs c.config || lib.isOption c.config then
            throw "You're trying to define a value of type `${builtins.typeOf c.config}' rather than an attribute set for the option `${showOption prefix}'! This usually happens if `${showOption prefix}' has option definitions inside that are not matched. Definition in `${toString c.file}'"
          else
            mapAttrs (_: value: [{ inherit (c) file; inherit value; }]) c.config)
        configs);

      results = mapAttrs
        (name: decls:
          let
            loc = prefix ++ [ name ];
            defs = defsByName.${name} or [ ];
            optionDecls = filter (d: isOption d.options) decls;
          in
          if length optionDecls == length decls then
            { matched = evalOption loc (mergeDecls loc decls) defs; unmatched = [ ]; }
          else if optionDecls != [ ] then
            throw "The option `${showOption loc}' in ${showFiles (map (d: d._file) optionDecls)} would be a parent of the following options, but its type does not support nested options."
          else
            mergeTree loc decls (concatMap (d: map (config: { inherit (d) file; inherit config; }) (pushDown d.value)) defs)
        )
        declsByName;

      undeclared = removeAttrs defsByName (attrNames declsByName);
    in
    {
      matched = mapAttrs (_: r: r.matched) results;
      unmatched = concatMap (r: r.unmatched) (builtins.attrValues results)
        ++ concatMap (name: map (d: { inherit prefix name; inherit (d) file value; }) undeclared.${name}) (attrNames undeclared);
    };

  mergeDecls = loc: lib.foldl'
    (acc: decl:
      let
        opt = decl.options;
        merged = acc.type.typeMerge opt.type.functor;
        bothHave = attr: acc ? ${attr} && opt ? ${attr};
        type =
          if !(bothHave "type") then { }
          else if merged == null then
            throw "The option `${showOption loc}' in `${decl._file}' is already declared in ${showFiles acc.declarations}."
          else { type = merged; };
        subModules = opt.type.getSubModules or null;
        located = optionalAttrs (subModules != null) {
          type = opt.type.substSubModules (map (m: { _file = decl._file; imports = [ m ]; }) subModules);
        };
        own = opt // located;
      in
      if bothHave "default" || bothHave "example" || bothHave "description" || bothHave "apply" then
        throw "The option `${showOption loc}' in `${decl._file}' is already declared in ${showFiles acc.declarations}."
      else
        own // acc // (if type == { } then { } else { type = acc.type.typeMerge own.type.functor; }) // {
          declarations = acc.declarations ++ [ decl._file ];
          declarationPositions = acc.declarationPositions ++ [
            (if decl.pos == null then { file = decl._file; line = null; column = null; } else decl.pos)
          ];
        }
    )
    { inherit loc; declarations = [ ]; declarationPositions = [ ]; };

  evalOption = loc: opt': defs:
    let
      opt = { type = lib.types.unspecified; } // opt';
      allDefs = defs ++ optionals (opt ? default) [{ file = head opt.declarations; value = mkOptionDefault opt.default; }];
      merged =
        if opt.readOnly or false && length defs > 1 then
          throw "The option `${showOption loc}' is read-only, but it's set multiple times. Definition values:${showDefs defs}"
        else mergeDefinitions loc opt.type allDefs;
      value = if opt ? apply then opt.apply merged.mergedValue else merged.mergedValue;
    in
    opt // {
      value = addErrorContext "while evaluating the option `${showOption loc}':" value;
      inherit (merged) isDefined highestPrio valueMeta;
      definitions = map (d: d.value) merged.values;
      definitionsWithLocations = merged.values;
      files = map (d: d.file) merged.values;
      options = [ ];
      __toString = _: showOption loc;
    };

  # --- public

  mergeDefinitions = loc: type: defs:
    let
      discharged = concatMap (d: map (value: { inherit (d) file; inherit value; }) (discharge d.value)) defs;
      overridden = filterOverrides discharged;
      values = sortByOrder overridden.values;
      isDefined = values != [ ];
      bad = filter (d: !(type.check d.value)) values;
      checked =
        if bad != [ ] then
          throw "A definition for option `${showOption loc}' is not of type `${type.description}'. Definition values:${showDefs bad}"
        else if type.merge ? v2 then type.merge.v2 { inherit loc; defs = values; }
        else { value = type.merge loc values; valueMeta = { }; };
    in
    {
      inherit isDefined values;
      inherit (overridden) highestPrio;
      defsFinal = values;
      valueMeta = if isDefined then checked.valueMeta else { };
      mergedValue =
        if isDefined then checked.value
        else throw "The option `${showOption loc}' was accessed but has no value defined. Try setting the option.";
    };

  evalModules = { modules, prefix ? [ ], specialArgs ? { }, args ? { }, class ? null, check ? null }@evalArgs:
    let
      internal = {
        _file = "lib/modules.nix";
        key = "lib/modules.nix";
        options._module = {
          args = lib.mkOption {
            type = lib.types.lazyAttrsOf lib.types.raw;
            description = "Additional arguments passed to each module.";
            internal = true;
          };
          check = lib.mkOption {
            type = lib.types.bool;
            default = true;
            internal = true;
            description = "Whether to check whether all option definitions have matching declarations.";
          };
          freeformType = lib.mkOption {
            type = lib.types.nullOr lib.types.optionType;
            default = null;
            internal = true;
            description = "If set, merge all definitions that don't have an associated option together using this type.";
          };
          specialArgs = lib.mkOption {
            type = lib.types.raw;
            readOnly = true;
            internal = true;
            description = "Externally provided module arguments.";
          };
        };
        config._module = {
          args = { inherit extendModules; moduleType = type; } // args;
          inherit specialArgs;
        } // optionalAttrs (check != null) { inherit check; };
      };

      collected = lib.reverseList (collect (specialArgs.modulesPath or "") (modules ++ [ internal ])
        ({ inherit config options lib; _class = class; _prefix = prefix; } // specialArgs));
      merged = mergeTree prefix
        (filter (m: m.options != { }) collected)
        (concatMap (m: map (config: { file = m._file; inherit config; }) (pushDown m.config)) collected);

      options = merged.matched;
      declared = mapTree (o: o.value) options;
      freeform = declared._module.freeformType;
      unmatchedDefs = map (d: { inherit (d) file; value = lib.setAttrByPath (lib.drop (length prefix) d.prefix ++ [ d.name ]) d.value; }) merged.unmatched;
      # Few types can say what nothing is, so they are not asked.
      withFreeform =
        if freeform == null || unmatchedDefs == [ ] then declared
        else lib.recursiveUpdate (freeform.merge prefix unmatchedDefs) declared;
      config = withFreeform;

      first = head merged.unmatched;
      firstLoc = showOption (first.prefix ++ [ first.name ]);
      checkUnmatched =
        if declared._module.check && freeform == null && merged.unmatched != [ ] then
          throw "The option `${firstLoc}' does not exist. Definition values:${showDefs (filter (d: d.prefix == first.prefix && d.name == first.name) merged.unmatched)}"
        else null;

      extendModules = { modules ? [ ], specialArgs ? { }, prefix ? [ ] }:
        evalModules (evalArgs // {
          modules = evalArgs.modules ++ modules;
          specialArgs = evalArgs.specialArgs or { } // specialArgs;
          prefix = if prefix != [ ] then prefix else evalArgs.prefix or [ ];
        });
      type = lib.types.submoduleWith { inherit modules specialArgs class; };
    in
    {
      _type = "configuration";
      inherit options extendModules type class;
      _module = declared._module // { inherit (declared._module) args; };
      config = seq checkUnmatched (removeAttrs config [ "_module" ]);
    };

  mapTree = f: mapAttrs (_: node: if isOption node then f node else mapTree f node);

  mkOptionDefault = mkOverride 1500;
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
in
{
  inherit evalModules mergeDefinitions mkOptionDefault mkOverride defaultOverridePriority;
  defaultPriority = defaultOverridePriority;

  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkAssert = assertion: message: content: lib.mkIf (assertion || throw "\nFailed assertion: ${message}") content;
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  mkImageMediaOverride = mkOverride 60;
  mkVMOverride = mkOverride 10;
  mkOrder = priority: content: { _type = "order"; inherit priority content; };
  mkBefore = lib.mkOrder 500;
  mkAfter = lib.mkOrder 1500;
  mkDefinition = args: args // { _type = "definition"; };

  # Values that came from another option keep that option's priority.
  mkAliasDefinitions = lib.mkAliasAndWrapDefinitions lib.id;
  mkAliasAndWrapDefinitions = wrap: option: lib.mkIf option.isDefined (wrap (lib.mkMerge option.definitions));

  setDefaultModuleLocation = file: m: { _file = file; imports = [ m ]; };
  importApply = path: args: lib.setDefaultModuleLocation path (import path args);
  importJSON = path: builtins.fromJSON (builtins.readFile path);

  mkRemovedOptionModule = path: replacement: { options, ... }: {
    options = lib.setAttrByPath path (lib.mkOption { visible = false; apply = _: throw "The option `${showOption path}' can no longer be used since it's been removed. ${replacement}"; });
    config.assertions =
      let opt = lib.getAttrFromPath path options; in
      [{
        assertion = !opt.isDefined;
        message = "The option definition `${showOption path}' in ${showFiles opt.files} no longer has any effect; please remove it.\n${replacement}";
      }];
  };
  mkRenamedOptionModule = from: to: { config, options, ... }: {
    options = lib.setAttrByPath from (lib.mkOption {
      visible = false;
      description = "Alias of {option}`${showOption to}`.";
      apply = _: lib.getAttrFromPath to config;
    });
    config = lib.setAttrByPath to (lib.mkAliasDefinitions (lib.getAttrFromPath from options));
  };
}
