// Generates a package from the schema, as `pulumi package gen-sdk --language LANGUAGE` does where Pulumi's language host
// for the language is installed: SCHEMA FOLDER python OVERLAY, SCHEMA FOLDER nodejs, SCHEMA FOLDER go.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"github.com/blang/semver"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// The schema refers to no other package.
type none struct{}

func (none) LoadPackage(pkg string, version *semver.Version) (*schema.Package, error) {
	return nil, fmt.Errorf("no package %s", pkg)
}
func (none) LoadPackageV2(ctx context.Context, d *schema.PackageDescriptor) (*schema.Package, error) {
	return nil, fmt.Errorf("no package %s", d.Name)
}
func (none) LoadPackageReference(pkg string, version *semver.Version) (schema.PackageReference, error) {
	return nil, fmt.Errorf("no package %s", pkg)
}
func (none) LoadPackageReferenceV2(ctx context.Context, d *schema.PackageDescriptor) (schema.PackageReference, error) {
	return nil, fmt.Errorf("no package %s", d.Name)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	pkg, diags, err := schema.BindSpec(spec, schema.NewCachedLoader(none{}), schema.ValidationOptions{})
	check(err)
	for _, d := range diags {
		fmt.Fprintln(os.Stderr, d)
	}
	if diags.HasErrors() {
		os.Exit(1)
	}
	loader := schema.NewCachedLoader(none{})
	var files map[string][]byte
	switch os.Args[3] {
	case "python":
		pins, readErr := os.ReadFile(os.Args[4])
		check(readErr)
		files, err = python.GeneratePackage("npm run sdks", pkg, map[string][]byte{"pins.py": pins}, loader)
	case "nodejs":
		files, err = nodejs.GeneratePackage("pulumi", pkg, nil, nil, true, loader)
	case "go":
		// As `pulumi package add` sets it: the package is a module of its own.
		pkg.SupportPack = true
		files, err = golang.GeneratePackage("pulumi", pkg, nil)
	default:
		err = fmt.Errorf("no generator for %s", os.Args[3])
	}
	check(err)
	for name, content := range files {
		path := filepath.Join(os.Args[2], name)
		check(os.MkdirAll(filepath.Dir(path), 0o755))
		check(os.WriteFile(path, content, 0o644))
	}
}
