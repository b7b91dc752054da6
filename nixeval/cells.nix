# Evaluates independent values ("cells") so that one that fails can be named
# and left out without losing the others.
#
# A throw or a failed assertion is caught here, and the cell is left out.
# What Nix cannot catch (abort, a missing attribute, a wrong type, infinite
# recursion) ends the evaluation; the name in the trace then says which cell to
# put into `skip` the next time.
#
# skip:   names of cells to leave out, prefix included
# only:   if not null, names of the only cells to evaluate, prefix included
# catch:  false lets a throw end the evaluation too, so that its message is seen
# announce: false says nothing of the cells as they begin and end, for an
#         evaluation that nobody follows
# prefix: put before each name of `cells` where it is announced
{ skip ? [ ]
, only ? null
, catch ? true
, announce ? true
,
}:
prefix: cells:
let
  # JSON, so that a name with a line break or a quote stays on one line.
  quoted = name: builtins.toJSON (prefix + name);

  wanted =
    name:
    !(builtins.elem (prefix + name) skip) && (only == null || builtins.elem (prefix + name) only);

  # toJSON forces what printing the value would force, and no more: a
  # derivation is its output path, and a function fails here, where it is named.
  forced =
    name:
    builtins.addErrorContext "scaffold cell ${quoted name}" (
      builtins.seq (builtins.toJSON cells.${name}) cells.${name}
    );

  say =
    what: name: value:
    if announce then builtins.trace "scaffold ${what} ${quoted name}" value else value;

  result =
    name:
    let
      tried =
        if catch then
          builtins.tryEval (forced name)
        else
          {
            success = true;
            value = forced name;
          };
    in
    say "enter" name (
      if tried.success then
        builtins.seq tried.value
          (
            say "leave" name [
              {
                inherit name;
                inherit (tried) value;
              }
            ]
          )
      else
        say "caught" name [ ]
    );
in
builtins.listToAttrs (
  builtins.concatMap result (builtins.filter wanted (builtins.attrNames cells))
)
