{
  auth = ./auth.nix;
  backup = ./backup.nix;
  downloads = ./downloads.nix;
  infrastructure = ./infrastructure.nix;
  media = ./media.nix;
  media-automation = ./media-automation.nix;
  observability = ./observability.nix;
  productivity = ./productivity.nix;
}
