/** Pulumi's function types, each with the property that holds its layers. A config's `resource_types` adds to them. */
export const functionTypes: Readonly<Record<string, string>> = {
  "aws:lambda/function:Function": "layers",
  "aws-native:lambda:Function": "layers",
};

/**
 * The types of resources that reconcile functions owned elsewhere and record their layers, each with the property that
 * does: function to layer to version. The first is the dynamic resource, the second the native plugin's.
 */
export const reconcilingTypes: Readonly<Record<string, string>> = {
  "pulumi-nodejs:dynamic/lambda-layers:LayerVersions": "functions",
  "lambda-layers:index:LayerVersions": "versions",
};
