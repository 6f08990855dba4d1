import pulumi
import pulumi_lambda_layers as layers

# From here on, the functions of this program are pinned to layer_config.yaml.
layers.pin_layers()

# Owned by another team and deployed by their pipeline; this stack keeps their layers at the declared versions.
shared = layers.LayerVersions("layers", functions=layers.FunctionSelectionArgs(names=["billing-export"]))

pulumi.export("versions", shared.versions)
pulumi.export("receipt-dynamo", layers.get_layer_version_arn(name="receipt-dynamo").arn)
