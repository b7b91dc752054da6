# Option declarations, and what is said about them.
{ lib }:
let
  inherit (builtins) all concatMap filter head isAttrs length tail;
in
rec {
  isOption = x: x._type or null == "option";

  mkOption = attrs: attrs // { _type = "option"; };

  mkEnableOption = name: mkOption {
    default = false;
    example = true;
    description = "Whether to enable ${name}.";
    type = lib.types.bool;
  };

  mkPackageOption = pkgs: name: { nullable ? false, default ? name, example ? null, extraDescription ? "" }:
    let path = lib.toList default; in
    mkOption ({
      type = if nullable then lib.types.nullOr lib.types.package else lib.types.package;
      description = "The ${lib.concatStringsSep " " (lib.toList name)} package to use."
        + lib.optionalString (extraDescription != "") " ${extraDescription}";
    } // lib.optionalAttrs (default != null) {
      default = lib.attrByPath path (throw "${lib.concatStringsSep "." path} cannot be found in pkgs") pkgs;
      defaultText = literalExpression "pkgs.${lib.concatStringsSep "." path}";
    } // lib.optionalAttrs (example != null) { inherit example; });

  literalExpression = text: { _type = "literalExpression"; inherit text; };
  literalMD = text: { _type = "literalMD"; inherit text; };
  mdDoc = text: text;

  getValues = map (x: x.value);
  getFiles = map (x: x.file);

  # Merging: a definition is { file, value }, already sorted and of the highest priority.
  mergeOneOption = mergeUniqueOption { message = ""; };
  mergeUniqueOption = { message, merge ? null }: loc: defs:
    if length defs == 1 then
      if merge == null then (head defs).value else merge loc defs
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\n${message}\nDefinition values:${showDefs defs}\nUse `lib.mkForce value' or `lib.mkDefault value' to change the priority on any of these definitions.";
  mergeEqualOption = loc: defs:
    if defs == [ ] then abort "mergeEqualOption: no definitions"
    else
      let first = (head defs).value; in
      if all (d: d.value == first) (tail defs) then first
      else
        throw "The option `${showOption loc}' has conflicting definition values:${showDefs defs}\nUse `lib.mkForce value' or `lib.mkDefault value' to change the priority on any of these definitions.";
  mergeDefaultOption = loc: defs:
    let
      values = getValues defs;
      first = head values;
    in
    if length defs == 1 then first
    else if all builtins.isFunction values then x: mergeDefaultOption loc (map (f: { file = ""; value = f x; }) values)
    else if all builtins.isList values then lib.concatLists values
    else if all isAttrs values then lib.foldl' lib.mergeAttrs { } values
    else if all builtins.isBool values then lib.any lib.id values
    else if all builtins.isString values then lib.concatStrings values
    else if all builtins.isInt values && all (v: v == first) values then first
    else throw "Cannot merge definitions of `${showOption loc}'. Definition values:${showDefs defs}";

  showOptionPart = part:
    if builtins.match "[*<].*[*>]" part != null then part else lib.escapeNixIdentifier part;
  showOption = loc: lib.concatStringsSep "." (map showOptionPart loc);
  showFiles = files: lib.concatStringsSep " and " (map (f: "`${f}'") files);
  showDefs = lib.concatMapStrings (def:
    let
      text = builtins.tryEval (lib.generators.toPretty { } def.value);
      lines = lib.splitString "\n" text.value;
      short = lib.concatStringsSep "\n    " (lib.take 5 lines ++ lib.optional (length lines > 5) "...");
    in
    "\n- In `${toString def.file}'" + lib.optionalString text.success ": ${short}"
  );

  # Every option, submodules included, as documentation generators want it.
  optionAttrSetToDocList = optionAttrSetToDocList' [ ];
  optionAttrSetToDocList' = _prefix: options:
    concatMap
      (opt:
        let
          visible = opt.visible or true;
          doc = {
            inherit (opt) loc;
            name = showOption opt.loc;
            description = opt.description or null;
            declarations = filter (d: d != "lib/modules.nix") opt.declarations;
            internal = opt.internal or false;
            visible = if builtins.isBool visible then visible else visible == "shallow";
            readOnly = opt.readOnly or false;
            type = opt.type.description or "unspecified value";
          }
          // lib.optionalAttrs (opt ? example) { example = renderOptionValue opt.example; }
          // lib.optionalAttrs (opt ? defaultText || opt ? default) { default = renderOptionValue (opt.defaultText or opt.default); }
          // lib.optionalAttrs (opt.relatedPackages or null != null) { inherit (opt) relatedPackages; };
          sub = opt.type.getSubOptions opt.loc;
        in
        [ doc ] ++ lib.optionals (sub != { } && visible != "shallow") (optionAttrSetToDocList' opt.loc (sub // { _module = { }; }))
      )
      (lib.collect isOption options);

  renderOptionValue = v:
    if v ? _type && v ? text then v else literalExpression (lib.generators.toPretty { } v);
}
