import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { PolicyContext } from "../context";
import { declaredPolicy } from "../function-policy";
import { managedConfiguration } from "../metadata";

/** See `layerDeclared` in policies.ts. */
export function allDeclared(context: PolicyContext): ResourceValidationPolicy {
  return declaredPolicy(
    context,
    {
      name: "layer-declared",
      displayName: "Every layer is declared",
      description: "The layer config declares every layer that functions use.",
      enforcementLevel: "advisory",
      severity: "low",
      framework: managedConfiguration,
      remediationSteps: "Add an entry for the layer to the layer config.",
    },
    (fn, { declared, matcher }, report) => {
      fn.layers.forEach((layer, index) => {
        if (layer.kind === "hidden") {
          report(
            `Function ${fn.name}: layer ${index + 1} is a secret that cannot be read here. No policy has checked it.`,
          );
        }
        const arn = layer.kind === "text" ? layer.arn : undefined;
        if (!arn || matcher(arn)) return;
        report(
          `Function ${fn.name}: Layer ${arn.name} version ${arn.version} is not declared in ${declared.file}. Add it there: \`${arn.name}: { version: ${arn.version} }\`.`,
        );
      });
    },
  );
}
