# What nixos-unstable has that the release does not.
{
  gatus.version = "5.33.0";
  mealie = { version = "3.6.1"; description = "Self hosted recipe manager and meal planner"; };
  pinchflat = { version = "2025.9.26"; description = "Self-hosted app for downloading YouTube content"; };
  pocket-id = { version = "1.16.0"; description = "OIDC provider with passkeys support"; };
  qui = { version = "1.8.1"; description = "Web interface for qBittorrent"; };
  shiori = { version = "1.8.0"; description = "Simple bookmark manager built with Go"; };
}
