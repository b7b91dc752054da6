# What NixOS's own modules and some others get as `utils`.
{ lib }:
{
  escapeSystemdPath = path:
    let trimmed = lib.removeSuffix "/" (lib.removePrefix "/" path); in
    if trimmed == "" then "-" else lib.replaceStrings [ "-" "/" " " ] [ "\\x2d" "-" "\\x20" ] trimmed;
  inherit (lib) escapeSystemdExecArg escapeSystemdExecArgs;
}
