# Start limits that can be reached: with a pause between restarts, systemd's
# default of five starts in ten seconds never is.
{ lib }:
{
  mkStartLimit = { restartSec, burst ? 5 }: {
    StartLimitBurst = burst;
    StartLimitIntervalSec = lib.max 300 ((restartSec + 10) * (burst + 1));
  };
  neverGiveUp = { StartLimitIntervalSec = 0; };
}
