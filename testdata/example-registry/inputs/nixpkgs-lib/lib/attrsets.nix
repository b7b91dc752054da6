# Attribute sets.
{ lib }:
let
  inherit (builtins) concatMap elemAt head length tail;
in
rec {
  inherit (builtins) attrNames attrValues catAttrs getAttr hasAttr intersectAttrs isAttrs listToAttrs mapAttrs removeAttrs zipAttrsWith;

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (name: { inherit name; value = f name; }) names);
  optionalAttrs = cond: set: if cond then set else { };

  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  concatMapAttrs = f: set: lib.foldl' lib.mergeAttrs { } (mapAttrsToList f set);
  mergeAttrsList = lib.foldl' lib.mergeAttrs { };

  filterAttrs = pred: set:
    builtins.removeAttrs set (builtins.filter (name: !(pred name set.${name})) (attrNames set));
  partitionAttrs = pred: set: {
    right = filterAttrs pred set;
    wrong = filterAttrs (n: v: !(pred n v)) set;
  };
  getAttrs = names: set: genAttrs names (name: set.${name});
  attrVals = names: set: map (name: set.${name}) names;
  foldlAttrs = f: init: set: lib.foldl' (acc: name: f acc name set.${name}) init (attrNames set);
  foldAttrs = op: nul: sets: lib.foldr
    (set: acc: lib.foldr (name: acc': acc' // { ${name} = op set.${name} (acc'.${name} or nul); }) acc (attrNames set))
    { }
    sets;
  zipAttrs = builtins.zipAttrsWith (_: values: values);
  collect = pred: set:
    if pred set then [ set ]
    else if isAttrs set then concatMap (collect pred) (builtins.attrValues set)
    else [ ];

  attrByPath = path: default: set:
    if path == [ ] then set
    else if isAttrs set && set ? ${head path} then attrByPath (tail path) default set.${head path}
    else default;
  hasAttrByPath = path: set:
    path == [ ] || (isAttrs set && set ? ${head path} && hasAttrByPath (tail path) set.${head path});
  getAttrFromPath = path: attrByPath path (throw "cannot find attribute '${lib.concatStringsSep "." path}'");
  setAttrByPath = path: value:
    let
      n = length path;
      go = i: if i == n then value else { ${elemAt path i} = go (i + 1); };
    in
    go 0;

  mapAttrsRecursiveCond = cond: f:
    let
      go = path: builtins.mapAttrs
        (name: value:
          if isAttrs value && cond value then go (path ++ [ name ]) value
          else f (path ++ [ name ]) value);
    in
    go [ ];
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);

  recursiveUpdateUntil = pred: lhs: rhs:
    let
      go = path: builtins.zipAttrsWith (name: values:
        let here = path ++ [ name ]; in
        if length values == 1 || pred here (elemAt values 1) (head values) then head values
        else go here values
      );
    in
    go [ ] [ rhs lhs ];
  recursiveUpdate = recursiveUpdateUntil (_: lhs: rhs: !(isAttrs lhs && isAttrs rhs));

  isDerivation = value: value.type or null == "derivation";
  toDerivation = path: {
    type = "derivation";
    name = builtins.baseNameOf path;
    outPath = path;
  };
  recurseIntoAttrs = attrs: attrs // { recurseForDerivations = true; };

  getOutput = output: pkg: pkg.${output} or pkg.out or pkg;
  getBin = getOutput "bin";
  getExe = x: getExe' x (x.meta.mainProgram or (throw "getExe: ${x.name or "package"} has no meta.mainProgram"));
  getExe' = x: y: "${getBin x}/bin/${y}";
}
