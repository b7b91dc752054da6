# Lists.
{ lib }:
rec {
  inherit (builtins) all any concatLists concatMap elem elemAt filter foldl' genList groupBy head length map partition sort tail;

  singleton = x: [ x ];
  toList = x: if builtins.isList x then x else [ x ];
  optional = cond: x: if cond then [ x ] else [ ];
  optionals = cond: xs: if cond then xs else [ ];

  last = xs:
    assert xs != [ ] || throw "lists.last: list must not be empty!";
    elemAt xs (length xs - 1);
  init = xs:
    assert xs != [ ] || throw "lists.init: list must not be empty!";
    take (length xs - 1) xs;

  sublist = start: count: xs:
    let n = length xs; in
    genList (i: elemAt xs (start + i)) (if start >= n then 0 else lib.min count (n - start));
  take = sublist 0;
  drop = count: xs: sublist count (length xs) xs;
  reverseList = xs:
    let n = length xs; in
    genList (i: elemAt xs (n - i - 1)) n;

  foldr = op: nul: xs:
    let
      n = length xs;
      go = i: if i == n then nul else op (elemAt xs i) (go (i + 1));
    in
    go 0;
  fold = foldr;
  foldl = foldl';

  imap0 = f: xs: genList (i: f i (elemAt xs i)) (length xs);
  imap1 = f: xs: genList (i: f (i + 1) (elemAt xs i)) (length xs);
  range = first: final: if first > final then [ ] else genList (i: first + i) (final - first + 1);
  replicate = n: x: genList (_: x) n;
  zipListsWith = f: xs: ys: genList (i: f (elemAt xs i) (elemAt ys i)) (lib.min (length xs) (length ys));

  flatten = x: if builtins.isList x then builtins.concatMap flatten x else [ x ];
  remove = e: filter (x: x != e);
  count = pred: foldl' (n: x: if pred x then n + 1 else n) 0;
  findFirst = pred: default: xs:
    let found = filter pred xs; in
    if found == [ ] then default else builtins.head found;

  unique = foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
  allUnique = xs: length (unique xs) == length xs;
  intersectLists = xs: filter (x: elem x xs);
  subtractLists = xs: filter (x: !(elem x xs));
  mutuallyExclusive = xs: ys: !(builtins.any (x: elem x ys) xs);

  sortOn = f: xs: sort (a: b: f a < f b) xs;
  naturalSort = sort builtins.lessThan;
  crossLists = f: foldl' (fs: args: builtins.concatMap (f': map f' args) fs) [ f ];
  splitBy = pred: xs:
    let p = partition pred xs; in
    [ p.right p.wrong ];
  indexed = xs: builtins.listToAttrs (imap0 (i: value: { name = toString i; inherit value; }) xs);
}
