# Functions without a better home, and Nix's own that are known as lib's.
{ lib }:
{
  inherit (builtins)
    add
    addErrorContext
    ceil
    deepSeq
    floor
    fromJSON
    functionArgs
    genList
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    lessThan
    pathExists
    readDir
    readFile
    seq
    sub
    toJSON
    trace
    tryEval
    typeOf
    ;

  id = x: x;
  const = x: _: x;
  flip = f: a: b: f b a;
  pipe = builtins.foldl' (x: f: f x);
  mergeAttrs = x: y: x // y;

  min = x: y: if x < y then x else y;
  max = x: y: if x > y then x else y;
  mod = base: int: base - (int * (base / int));

  isFunction = f: builtins.isFunction f || (f ? __functor && builtins.isFunction (f.__functor f));
  toFunction = v: if lib.isFunction v then v else _: v;

  boolToString = b: if b then "true" else "false";
  boolToYesNo = b: if b then "yes" else "no";

  importJSON = path: builtins.fromJSON (builtins.readFile path);

  warn = msg: builtins.trace "warning: ${msg}";
  warnIf = cond: msg: if cond then lib.warn msg else lib.id;
  throwIf = cond: msg: if cond then throw msg else lib.id;
  throwIfNot = cond: msg: if cond then lib.id else throw msg;

  version = "25.11";
  release = "25.11";
}
