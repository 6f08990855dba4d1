// Starts the compiled pack: of the package that this folder is part of, or, where the folder was published alone with
// `pulumi policy publish`, of the package that it depends on.
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

const own = join(__dirname, "../dist/policy-pack/policies.js");
const policies = existsSync(own) ? own : require.resolve("pulumi-lambda-layers/policy-pack");
require(join(dirname(policies), "index.js"));
