"""Pins the layers of a program's functions to the versions that its config file declares."""

import asyncio
import re
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

import pulumi
from pulumi.output import Unknown
from pulumi.runtime import rpc

from . import _utilities

__all__ = ["pin_layers"]

# Pulumi's function types, each with the property that holds its layers; the config's `resource_types` adds to them.
_FUNCTION_TYPES = {
    "aws:lambda/function:Function": "layers",
    "aws-native:lambda:Function": "layers",
}

_RESOURCE = "lambda-layers:index:LayerVersions"

# How long no resource may have been constructed before the program counts as having declared all of its functions, in
# seconds. Programs are synchronous for the most part; this is for those that await something.
_QUIET = 0.1

_UNKNOWN = object()

# As many layers as Lambda attaches to a function.
_MOST_LAYERS = 5

_LAYER_VERSION = re.compile(r"arn:[^:]+:lambda:[^:]+:[^:]+:layer:[^:]+:[0-9]+$")


def pin_layers(
    config_file: Optional[str] = None,
    provider: Optional[pulumi.ProviderResource] = None,
) -> None:
    """
    Pins the layers of every function that the program registers from now on, including children of components, to the
    versions that the config file declares. The function's own provider then shows and makes the change. Call this
    before functions are created.

    A declared version that does not exist fails the preview. What the program pins is left out of what its
    `LayerVersions` reconcile.

    :param str config_file: The config file, relative to the program's folder. Default: the provider's, else
           `layer_config.yaml`.
    :param pulumi.ProviderResource provider: A `lambda-layers` provider, with the region, profile and role to call
           AWS with. Default: the default provider.
    """
    pins = _Pins(config_file, provider)
    pulumi.runtime.register_resource_transform(pins.transform)
    # Unlike transforms, these are called when a resource is constructed, which may be long before it is registered.
    pulumi.runtime.register_stack_transformation(pins.note)


class _Pins:
    """The transform that one call of `pin_layers` registers."""

    def __init__(self, config_file: Optional[str], provider: Optional[pulumi.ProviderResource]):
        self._config_file = config_file
        self._provider = provider
        self._types: Optional["asyncio.Future[Mapping[str, str]]"] = None
        self._said: Set[str] = set()
        self._has_failed = False
        self._seen: List[pulumi.ResourceTransformationArgs] = []

    def note(self, args: pulumi.ResourceTransformationArgs) -> None:
        if args.props is not None:
            self._seen.append(args)

    async def transform(
        self, args: pulumi.ResourceTransformArgs
    ) -> Optional[pulumi.ResourceTransformResult]:
        if args.type_ == _RESOURCE and args.props.get("functions") is not None:
            await self._leave_out_own(args)
        if not args.custom or args.type_.startswith("lambda-layers:"):
            return None
        try:
            prop = (await self._function_types()).get(args.type_)
            given = args.props.get(prop) if prop is not None else None
            if prop is None or given is None:
                return None
            if _ignores(args.opts, prop):
                return None
            layers, is_secret = await _opened(given)
            if not isinstance(layers, list):
                # Unknown, or a mistake in the program, for which its provider gives a better error.
                if layers is _UNKNOWN:
                    self._warn_unknown(args)
                return None
            pinned, both = _without_both(layers, await asyncio.gather(*[self._pin(args, layer) for layer in layers]))
            for one, other in both:
                self._say(
                    pulumi.log.warn,
                    f"Function {_name(args)} has both layers, {_layer(one)} and {_layer(other)}, which is declared to "
                    "replace it, so it is not pinned. Remove one of the two from its `layers`.",
                )
            await _refuse_invalid(_name(args), pinned)
        except _Refused as refused:
            self._fail(str(refused))
            return None
        if all(one is other for one, other in zip(layers, pinned)):
            return None
        value: Any = pulumi.Output.secret(pinned) if is_secret else pinned
        return pulumi.ResourceTransformResult(props={**args.props, prop: value}, opts=args.opts)

    async def _pin(self, args: pulumi.ResourceTransformArgs, given: Any) -> Any:
        # Each layer on its own, so that an unknown one does not make the whole list unknown.
        layer, is_secret = await _opened(given)
        if layer is _UNKNOWN:
            self._warn_unknown(args)
        if not isinstance(layer, str):
            return given
        architectures = args.props.get("architectures")
        if any(isinstance(args.props.get(key), Unknown) for key in ("name", "functionName", "runtime", "architectures")):
            # The declared version may depend on it, and a guess could be wrong.
            self._warn_unknown(args)
            return given
        wanted = {
            "layerArn": layer,
            "functionName": _name_in_aws(args),
            "region": args.props.get("region"),
            "runtime": args.props.get("runtime"),
            "architecture": architectures[0] if isinstance(architectures, list) and architectures else None,
            "configFile": self._config_file,
        }
        try:
            answer = await self._ask("pinLayer", {key: one for key, one in wanted.items() if isinstance(one, str)})
        except _Refused as refused:
            raise _Refused(str(refused) if _name_in_aws(args) else f"Function {args.name}: {refused}") from None
        if answer["arn"] == layer:
            return given
        return pulumi.Output.secret(answer["arn"]) if is_secret else answer["arn"]

    async def _leave_out_own(self, args: pulumi.ResourceTransformArgs) -> None:
        """Tells the provider of a `LayerVersions` which functions the program sets the layers of itself."""
        count = -1
        while count != len(self._seen):
            count = len(self._seen)
            await asyncio.sleep(_QUIET)
        functions = args.props.get("functions")
        names = functions.get("names") if isinstance(functions, dict) else None
        named = {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
        provider = (args.opts.provider if args.opts is not None else None) or self._provider
        try:
            own = await self._own_functions(named) | await self._generated_names()
            await asyncio.gather(*[self._ask("pinLayer", {"layerArn": "", "functionName": name}, provider) for name in own])
        except _Refused:
            pass  # The same config file is refused for the resource itself, with a better place for it.

    async def _own_functions(self, named: Set[str]) -> Set[str]:
        """The names in AWS of functions whose layers the program sets; of those that have names of Pulumi's making, and
        of those that it has not come to yet, as the stack's state has them. Who names one of these means it."""
        types = await self._function_types()
        own: Set[str] = set()
        others: Set[Tuple[str, str]] = set()
        for seen in self._seen:
            prop = types.get(seen.type_)
            if prop is None:
                continue
            given = seen.props.get(prop, seen.props.get(_snake(prop)))
            if given is None or _ignores(seen.opts, prop) or seen.opts.id is not None:
                others.add((seen.type_, seen.name))
                continue
            given_names = [seen.props.get(key) for key in ("name", "function_name", "functionName")]
            own.update(name for name in given_names if isinstance(name, str))
        for urn, outputs in (await self._recorded()).items():
            type_, name = urn.split("::")[2].split("$")[-1], "::".join(urn.split("::")[3:])
            prop = types.get(type_)
            if prop is None or not outputs.get(prop) or (type_, name) in others:
                continue
            recorded = outputs.get("name") or outputs.get("functionName")
            if isinstance(recorded, str) and recorded not in named:
                own.add(recorded)
        return own

    async def _generated_names(self) -> Set[str]:
        """How Pulumi generates the names of functions whose layers the program sets: they may be created meanwhile."""
        types = await self._function_types()
        names: Set[str] = set()
        for seen in self._seen:
            prop = types.get(seen.type_)
            if prop is None or _ignores(seen.opts, prop) or seen.opts.id is not None:
                continue
            is_named = any(seen.props.get(key) is not None for key in ("name", "function_name", "functionName"))
            if not is_named and seen.props.get(prop, seen.props.get(_snake(prop))) is not None:
                names.add(_generated_name(seen.type_, seen.name))
        return names

    async def _recorded(self) -> Mapping[str, Mapping[str, Any]]:
        """The outputs of the stack's resources as its last update left them, by their URNs."""
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        try:
            answer = await pulumi.runtime.invoke_async(
                "pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}, pulumi.InvokeOptions()
            )
        except Exception as error:
            pulumi.log.debug(f"The stack's own state could not be read: {error}")
            return {}
        outputs = (answer or {}).get("outputs") or {}
        return {urn: one.get("outputs") or {} for urn, one in outputs.items() if isinstance(one, dict)}

    async def _function_types(self) -> Mapping[str, str]:
        if self._types is None:
            self._types = asyncio.ensure_future(self._ask_function_types())
        return await asyncio.shield(self._types)

    async def _ask_function_types(self) -> Mapping[str, str]:
        config = {} if self._config_file is None else {"configFile": self._config_file}
        answer = await self._ask("getDeclaredLayers", config)
        return {**_FUNCTION_TYPES, **(answer.get("resourceTypes") or {})}

    async def _ask(
        self, name: str, arguments: Dict[str, Any], provider: Optional[pulumi.ProviderResource] = None
    ) -> Mapping[str, Any]:
        opts = pulumi.InvokeOptions.merge(
            _utilities.get_invoke_opts_defaults(), pulumi.InvokeOptions(provider=provider or self._provider)
        )
        token = f"lambda-layers:index:{name}"
        try:
            answer = await pulumi.runtime.invoke_async(token, arguments, opts)
        except Exception as error:
            before = f"invoke of {token} failed: "
            text = str(error)
            raise _Refused(text[len(before) :] if text.startswith(before) else text) from None
        return answer or {}

    def _warn_unknown(self, args: pulumi.ResourceTransformArgs) -> None:
        if not pulumi.runtime.is_dry_run():
            return
        file = self._config_file or "the config file"
        self._say(
            pulumi.log.warn,
            f"Function {_name(args)}: a layer is unknown until `pulumi up`. If {file} declares it, it is pinned "
            "and checked then.",
        )

    def _fail(self, message: str) -> None:
        """A preview continues, so that it shows what else is wrong; an update must stop here."""
        message = message[: -len(" ()")] if message.endswith(" ()") else message
        if not pulumi.runtime.is_dry_run():
            raise pulumi.RunError(message)
        self._say(pulumi.log.error, message)
        if self._has_failed:
            return
        self._has_failed = True

        async def refuse() -> None:
            raise pulumi.RunError("Not every layer can be pinned to its declared version.")

        # A logged error alone would not make the preview fail; an output that never resolves does.
        pulumi.Output.from_input(refuse())

    def _say(self, log: Any, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            log(message)


class _Refused(Exception):
    """The plugin's message if it cannot pin."""


async def _opened(given: Any) -> Tuple[Any, bool]:
    """A value, or `_UNKNOWN` if it is unknown, and whether it is secret."""
    if isinstance(given, pulumi.Output):
        is_secret = await given.is_secret()
        return (await given.future() if await given.is_known() else _UNKNOWN), is_secret
    if rpc.is_rpc_secret(given):
        return rpc.unwrap_rpc_secret(given), True
    return (_UNKNOWN if isinstance(given, Unknown) else given), False


def _generated_name(type_: str, name: str) -> str:
    """How Pulumi generates a function's name: with only its random parts left open, as in `api-${hex(7)}`."""
    naming = pulumi.Config("pulumi").get_object("autonaming") or {}
    provider = (naming.get("providers") or {}).get(type_.split(":")[0]) or {}
    of_type = (provider.get("resources") or {}).get(type_) or {}
    template = "${name}-${hex(7)}"
    for one in (of_type, provider, naming):
        if one.get("pattern") or one.get("mode"):
            template = one.get("pattern") or ("${name}" if one["mode"] == "verbatim" else template)
            break
    organization = pulumi.get_organization()
    known = {
        "name": name,
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        # Backends without organizations have one for programs and another for names.
        "org": "default" if organization == "organization" else organization,
    }

    def filled(part: "re.Match[str]") -> str:
        text = part[1]
        if text == "uuid" or text.endswith(")"):
            return part[0]
        return known[text] if text in known else pulumi.Config().get(text.replace("config.", "", 1)) or ""

    return re.sub(r"\$\{([^}]*)\}", filled, template)


def _snake(name: str) -> str:
    """How a Python program spells a property."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _name_in_aws(args: pulumi.ResourceTransformArgs) -> Optional[str]:
    """The function's name; None if Pulumi generates one, or if it is unknown."""
    names: List[Any] = [args.props.get("name"), args.props.get("functionName")]
    return next((name for name in names if isinstance(name, str)), None)


def _name(args: pulumi.ResourceTransformArgs) -> str:
    """The function's name in messages: its name in AWS, or in the program if Pulumi generates the former."""
    return _name_in_aws(args) or args.name


def _without_both(given: List[Any], pinned: List[Any]) -> Tuple[List[Any], List[Tuple[str, str]]]:
    """Leaves a layer alone if the function already has the one that would replace it, and says which layers these are."""
    def place(layer: Any) -> Optional[str]:
        return layer.rpartition(":")[0] if isinstance(layer, str) else None

    there = [place(layer) for layer in given]
    moved = [place(layer) for layer in pinned]
    both = [
        is_at is not None and is_at != was and (is_at in there or is_at in moved[:index])
        for index, (was, is_at) in enumerate(zip(there, moved))
    ]
    kept = [old if is_left else new for old, new, is_left in zip(given, pinned, both)]
    return kept, [(str(was), str(is_at)) for was, is_at, is_left in zip(there, moved, both) if is_left]


async def _refuse_invalid(name: str, layers: List[Any]) -> None:
    """Refuses a list that Lambda would refuse."""
    if len(layers) > _MOST_LAYERS:
        raise _Refused(
            f"Function {name} would have {len(layers)} layers, but Lambda allows only {_MOST_LAYERS}. "
            "Remove some from its `layers`."
        )
    known = [layer for layer, _ in [await _opened(one) for one in layers] if isinstance(layer, str)]
    places = [layer.rpartition(":")[0] for layer in known if _LAYER_VERSION.match(layer)]
    for place in places:
        if places.count(place) > 1:
            raise _Refused(
                f"Function {name} would have layer {_layer(place)} twice, which Lambda does not allow. "
                "Remove one of the two from its `layers`."
            )


def _layer(place: str) -> str:
    """The name of a layer by its ARN without a version."""
    return place.rpartition(":")[2]


def _ignores(opts: Optional[pulumi.ResourceOptions], prop: str) -> bool:
    """Whether the program has the engine ignore changes of the property, so that a pin has no effect."""
    ignored = (opts.ignore_changes if opts is not None else None) or []
    return any(path == "*" or path == prop or path.startswith((f"{prop}[", f"{prop}.")) for path in ignored)
