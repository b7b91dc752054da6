{
  modules = {
    notifications.enable = true;
    notifications.templates.preseed-failure = {
      priority = "emergency";
      title = "A restore failed";
      body = "The service starts with what there is.";
    };
    alerting.enable = true;
  };
}
