# EMQX: the broker of what talks MQTT.
{
  modules.services.emqx.enable = true;
}
