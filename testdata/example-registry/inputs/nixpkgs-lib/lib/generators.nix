# Values as text.
{ lib }:
let
  isPlain = v: builtins.isAttrs v && !(v ? type && v.type == "derivation") && !(v ? __pretty);
in
rec {
  toJSON = {}: builtins.toJSON;
  toYAML = toJSON;

  mkValueStringDefault = {}: v:
    if builtins.isBool v then lib.boolToString v
    else if v == null then "null"
    else if lib.isStringLike v || builtins.isInt v || builtins.isFloat v then toString v
    else throw "generators.mkValueStringDefault: ${builtins.typeOf v} is not supported";
  mkKeyValueDefault = { mkValueString ? mkValueStringDefault { } }: sep: k: v:
    "${lib.escape [ sep ] k}${sep}${mkValueString v}";
  toKeyValue = { mkKeyValue ? mkKeyValueDefault { } "=", listsAsDuplicateKeys ? false, indent ? "" }: set:
    let
      line = k: v: "${indent}${mkKeyValue k v}\n";
      lines = k: v: if listsAsDuplicateKeys then map (line k) (lib.toList v) else [ (line k v) ];
    in
    lib.concatStrings (lib.flatten (lib.mapAttrsToList lines set));
  toINI = { mkSectionName ? lib.escape [ "[" "]" ], mkKeyValue ? mkKeyValueDefault { } "=", listsAsDuplicateKeys ? false }: sections:
    lib.concatStringsSep "\n" (lib.mapAttrsToList
      (name: set: "[${mkSectionName name}]\n" + toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } set)
      sections);

  # For error messages: never fails on a value, however deep it is.
  toPretty = { indent ? "", depth ? 4, ... }:
    let
      go = d: ind: v:
        let
          t = builtins.typeOf v;
          deeper = ind + "  ";
          item = x:
            let r = builtins.tryEval (go (d - 1) deeper x); in
            if r.success then r.value else "<error>";
        in
        if t == "string" then
          builtins.toJSON v
        else if t == "path" then toString v
        else if t == "null" then "null"
        else if t == "bool" then lib.boolToString v
        else if t == "int" || t == "float" then toString v
        else if t == "lambda" then "<function>"
        else if t == "list" then
          if v == [ ] then "[ ]"
          else if d == 0 then "[ ... ]"
          else "[\n" + lib.concatMapStrings (x: "${deeper}${item x}\n") v + "${ind}]"
        else if isPlain v then
          if v == { } then "{ }"
          else if d == 0 then "{ ... }"
          else "{\n" + lib.concatStrings (lib.mapAttrsToList (k: x: "${deeper}${lib.escapeNixIdentifier k} = ${item x};\n") v) + "${ind}}"
        else if v ? __pretty then v.__pretty v.val
        else "<derivation ${v.name or "?"}>";
    in
    go depth indent;
}
