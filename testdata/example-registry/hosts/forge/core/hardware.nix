# An Intel card, which may transcode.
{
  hardware.graphics.enable = true;
}
