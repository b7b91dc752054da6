# Strings.
{ lib }:
let
  inherit (builtins) isList length;
in
rec {
  inherit (builtins) concatStringsSep elem fromJSON match readFile replaceStrings split stringLength substring toJSON unsafeDiscardStringContext;

  concatStrings = concatStringsSep "";
  concatMapStringsSep = sep: f: xs: concatStringsSep sep (map f xs);
  concatMapStrings = f: xs: concatStrings (map f xs);
  concatImapStringsSep = sep: f: xs: concatStringsSep sep (lib.imap1 f xs);
  concatMapAttrsStringSep = sep: f: set: concatStringsSep sep (lib.mapAttrsToList f set);
  concatLines = concatMapStrings (s: s + "\n");
  intersperse = sep: xs:
    if length xs < 2 then xs
    else lib.tail (lib.concatMap (x: [ sep x ]) xs);

  optionalString = cond: s: if cond then s else "";
  stringToCharacters = s: lib.genList (i: substring i 1 s) (stringLength s);
  splitString = sep: s: builtins.filter builtins.isString (builtins.split (escapeRegex sep) (toString s));
  stringAsChars = f: s: concatStrings (map f (stringToCharacters s));

  hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
  hasSuffix = suffix: s:
    let
      n = stringLength s;
      m = stringLength suffix;
    in
    n >= m && substring (n - m) m s == suffix;
  hasInfix = infix: s: match ".*${escapeRegex infix}.*" (replaceStrings [ "\n" ] [ " " ] "${s}") != null;
  removePrefix = prefix: s:
    if hasPrefix prefix s then substring (stringLength prefix) (-1) s else s;
  removeSuffix = suffix: s:
    if hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;
  trim = s:
    let m = match "[ \t\r\n]*(.*[^ \t\r\n])[ \t\r\n]*" s; in
    if m == null then "" else lib.head m;

  lowerChars = stringToCharacters "abcdefghijklmnopqrstuvwxyz";
  upperChars = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  toLower = replaceStrings upperChars lowerChars;
  toUpper = replaceStrings lowerChars upperChars;
  toSentenceCase = s: toUpper (substring 0 1 s) + toLower (substring 1 (-1) s);

  escape = chars: replaceStrings chars (map (c: "\\${c}") chars);
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
  escapeShellArg = arg:
    let s = toString arg; in
    if match "[[:alnum:],._+:@%/-]+" s == null then "'${replaceStrings [ "'" ] [ "'\\''" ] s}'" else s;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  escapeNixString = s: escape [ "$" ] (builtins.toJSON s);
  escapeNixIdentifier = s:
    if match "[a-zA-Z_][a-zA-Z0-9_'-]*" s != null && !(lib.elem s nixKeywords) then s else escapeNixString s;
  nixKeywords = [ "assert" "else" "if" "in" "inherit" "let" "or" "rec" "then" "with" ];
  escapeXML = replaceStrings [ "\"" "'" "<" ">" "&" ] [ "&quot;" "&apos;" "&lt;" "&gt;" "&amp;" ];
  escapeSystemdExecArg = arg: replaceStrings [ "%" "$" ] [ "%%" "$$" ] (builtins.toJSON (toString arg));
  escapeSystemdExecArgs = concatMapStringsSep " " escapeSystemdExecArg;

  toInt = s:
    let
      digits = match "[[:space:]]*0*([0-9]+)[[:space:]]*" s;
      negative = match "[[:space:]]*-([0-9]+)[[:space:]]*" s;
      fail = throw "toInt: Could not convert ${escapeNixString s} to int.";
    in
    if match "[[:space:]]*0[0-9]+[[:space:]]*" s != null then
      throw "toInt: Ambiguity in interpretation of ${escapeNixString s} between octal and zero padded integer."
    else if digits != null then fromJSONInt (lib.head digits)
    else if negative != null then 0 - fromJSONInt (lib.head negative)
    else fail;
  fromJSONInt = s: builtins.fromJSON s;
  toIntBase10 = s: fromJSONInt (lib.head (match "[[:space:]]*0*([0-9]+)[[:space:]]*" s));
  fixedWidthString = width: filler: s:
    if stringLength s >= width then s else fixedWidthString width filler (filler + s);
  fixedWidthNumber = width: n: fixedWidthString width "0" (toString n);

  makeSearchPath = subDir: paths: concatStringsSep ":" (map (p: "${p}/${subDir}") (builtins.filter (p: p != null) paths));
  makeSearchPathOutput = output: subDir: pkgs: makeSearchPath subDir (map (lib.getOutput output) pkgs);
  makeBinPath = makeSearchPathOutput "bin" "bin";
  makeLibraryPath = makeSearchPathOutput "lib" "lib";

  isStringLike = x: builtins.isString x || builtins.isPath x || x ? outPath || x ? __toString;
  isConvertibleWithToString = x:
    isStringLike x
    || builtins.elem (builtins.typeOf x) [ "null" "int" "float" "bool" ]
    || (isList x && lib.all isConvertibleWithToString x);
  isStorePath = x:
    isStringLike x && builtins.substring 0 1 (toString x) == "/" && builtins.dirOf (toString x) == builtins.storeDir;

  getName = x: if builtins.isString x then (builtins.parseDrvName x).name else x.pname or (builtins.parseDrvName x.name).name;
  getVersion = x: if builtins.isString x then (builtins.parseDrvName x).version else x.version or (builtins.parseDrvName x.name).version;
  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !(versionOlder a b);
  versions = {
    major = v: lib.head (splitString "." v);
    majorMinor = v: concatStringsSep "." (lib.take 2 (splitString "." v));
  };
  sanitizeDerivationName = s: replaceStrings [ " " "/" "@" ":" ] [ "-" "-" "-" "-" ] (toString s);
}
