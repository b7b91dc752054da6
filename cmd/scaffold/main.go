// Command scaffold adds a service to a NixOS fleet the way its owner would.
package main

import (
	"os"

	"holthome.net/scaffold/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
