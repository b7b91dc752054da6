{
  modules.services.observability.enable = true;
}
