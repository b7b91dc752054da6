package cmd

import "context"

func (a *app) demo(context.Context) error { return nil }
