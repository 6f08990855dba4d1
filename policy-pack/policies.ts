import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { checkConfigurations } from "./check-configuration";
import { PolicyContext } from "./context";
import { compatible } from "./policies/compatible";
import { consistency } from "./policies/consistency";
import { allDeclared } from "./policies/declared";
import { arnValid, layerCountWithin, noDuplicate, sameRegion } from "./policies/lambda-rules";
import { liveDrift } from "./policies/live-drift";
import { versionPinned } from "./policies/version-pinned";

const context = new PolicyContext();
checkConfigurations((configuration) => context.share(configuration));

/**
 * `layer-version-pinned` (mandatory): a function has a layer in a version other than the declared one. At level
 * `remediate` the layers are set to the declared versions, in their order, before the resource is deployed.
 */
export const layerVersionPinned: ResourceValidationPolicy = versionPinned(context);

/** `layer-arn-valid` (mandatory): a layer is not the ARN of a layer version. */
export const layerArnValid: ResourceValidationPolicy = arnValid(context);

/** `layer-count` (mandatory): a function has more than five layers. */
export const layerCount: ResourceValidationPolicy = layerCountWithin(context);

/** `layer-duplicate` (mandatory): a function has one layer twice. */
export const layerDuplicate: ResourceValidationPolicy = noDuplicate(context);

/** `layer-compatible` (mandatory): a layer does not suit the function's runtime or architecture, as the config declares. */
export const layerCompatible: ResourceValidationPolicy = compatible(context);

/** `layer-region` (mandatory): a layer is of another region than the function. */
export const layerRegion: ResourceValidationPolicy = sameRegion(context);

/** `layer-declared` (advisory): a function has a layer that the config does not declare. */
export const layerDeclared: ResourceValidationPolicy = allDeclared(context);

/** `layer-consistency` (advisory): a stack has one layer in two versions, unless the config declares each for its functions. */
export const layerConsistency: StackValidationPolicy = consistency(context);

/** `layer-live-drift` (disabled): a function runs in AWS with a version other than the declared one. */
export const layerLiveDrift: StackValidationPolicy = liveDrift(context);

/** All policies, for a pack of your own: `new PolicyPack("my-pack", { policies: [...layerPolicies, ...others] })`. */
export const layerPolicies: Policies = [
  // The first, because its configuration holds for the others too.
  layerVersionPinned,
  layerArnValid,
  layerCount,
  layerDuplicate,
  layerCompatible,
  layerRegion,
  layerDeclared,
  layerConsistency,
  layerLiveDrift,
];
