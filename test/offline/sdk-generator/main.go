// Generates the Python package from the schema, as `pulumi package gen-sdk --language python` does where Pulumi's
// language host for Python is installed: SCHEMA FOLDER OVERLAY.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"github.com/blang/semver"
	"os"
	"path/filepath"

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
	pins, err := os.ReadFile(os.Args[3])
	check(err)
	files, err := python.GeneratePackage("npm run sdks", pkg, map[string][]byte{"pins.py": pins}, schema.NewCachedLoader(none{}))
	check(err)
	for name, content := range files {
		path := filepath.Join(os.Args[2], name)
		check(os.MkdirAll(filepath.Dir(path), 0o755))
		check(os.WriteFile(path, content, 0o644))
	}
}
