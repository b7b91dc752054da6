# How well the data of a dataset are protected.
{ lib }:
let
  inherit (lib) mkOption types;
  seconds = description: mkOption { type = types.nullOr types.ints.positive; inherit description; };
in
{
  protectionPolicySubmodule = types.submodule {
    options = {
      class = mkOption { type = types.enum [ "system" "critical" "standard" "ephemeral" ]; description = "How much it matters."; };
      objectives = {
        onsiteRpoSeconds = seconds "What may be lost onsite, in seconds; null is not promised.";
        offsiteRpoSeconds = seconds "What may be lost offsite, in seconds; null is not promised.";
        rtoSeconds = seconds "How long a restore may take, in seconds; null is not promised.";
      };
      requiredTiers = mkOption {
        type = types.listOf (types.enum [ "local-snapshot" "replication" "nas-backup" "offsite-backup" "automated-restore" "independent-restore" "external-bootstrap" ]);
        description = "What must exist to keep that promise.";
      };
      consistency = mkOption { type = types.enum [ "crash-consistent" "application-consistent" "transaction-consistent" ]; default = "crash-consistent"; description = "How consistent a copy is."; };
      validator = mkOption { type = types.nullOr types.str; default = null; description = "What to check after a restore; nothing reads it."; };
      allowEmptyBootstrap = mkOption { type = types.bool; default = false; description = "Whether it may start with nothing."; };
      mechanism = {
        name = mkOption { type = types.enum [ "standard" "pgbackrest" "external-bootstrap" "none" ]; default = "standard"; description = "How it is restored."; };
        reason = mkOption { type = types.nullOr types.str; default = null; description = "Why in another way."; };
      };
      notes = mkOption { type = types.nullOr types.str; default = null; description = "Notes."; };
    };
  };
}
