const pulumi = require("@pulumi/pulumi");
const lambda = require("@pulumi/aws/lambda");
const { Provider } = require("@pulumi/aws/provider");
const { LayerVersions, pinLayers } = require("pulumi-lambda-layers");
const role = "arn:aws:iam::123456789012:role/lambda";
const L = (n, v, r="us-east-1") => `arn:aws:lambda:${r}:123456789012:layer:${n}:${v}`;
const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = () => {}") });
const fn = (name, args = {}, options = {}) => new lambda.Function(name, { name, role, code, runtime: "nodejs22.x", handler: "index.handler", ...args }, options);

const us = new LayerVersions("us", { configFile: "us.yaml", region: "us-east-1", functions: { names: ["c04-ext"] } });
const eu = new LayerVersions("eu", { configFile: "eu.yaml", region: "eu-west-1", functions: { names: ["c04-ext"] } });
const pe = new Provider("pe", { region: "eu-west-1", skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: true, skipRegionValidation: true });
fn("c04-us", { layers: [L("base",1)] });
fn("c04-eu", { layers: [L("base",1,"eu-west-1")] }, { provider: pe });
exports.usArn = us.arn("base"); exports.euArn = eu.arn("base");
exports.usf = us.functions; exports.euf = eu.functions;
