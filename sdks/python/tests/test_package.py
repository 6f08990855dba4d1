"""Run from the package's folder: python -m unittest discover tests"""

import asyncio
import inspect
import unittest
from types import SimpleNamespace
from typing import Any, Dict, List, Tuple

import pulumi
import pulumi_lambda_layers as layers
from pulumi_lambda_layers import pins

FUNCTION = "aws:lambda/function:Function"
URN = "urn:pulumi:dev::test::" + FUNCTION + "::"


def arn(layer: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:layer:{layer}"


def resource(props: Dict[str, Any], name: str = "fn", type_: str = FUNCTION, **options: Any) -> Any:
    opts = pulumi.ResourceOptions(**options)
    return SimpleNamespace(type_=type_, name=name, props=props, opts=opts, custom=True)


class Pins(pins._Pins):
    """Pins whose plugin and state are tables."""

    def __init__(self, answers: Dict[str, str], recorded: Dict[str, Any]):
        super().__init__(None, None)
        self.answers = answers
        self.recorded = recorded
        self.asked: List[Dict[str, Any]] = []

    async def _ask(self, name: str, arguments: Dict[str, Any], provider: Any = None) -> Any:
        if name == "getDeclaredLayers":
            return {"resourceTypes": {"my:mod:Fn": "layerArns"}}
        self.asked.append(arguments)
        return {"arn": self.answers.get(arguments["layerArn"], arguments["layerArn"])}

    async def _recorded(self) -> Any:
        return self.recorded


def transformed(args: Any, answers: Dict[str, str]) -> Tuple[Any, List[Dict[str, Any]]]:
    made = Pins(answers, {})
    result = asyncio.run(made.transform(args))
    return (None if result is None else result.props), made.asked


class PinsOfFunctions(unittest.TestCase):
    def test_sets_declared_versions_and_nothing_else(self) -> None:
        given = {"name": "api", "runtime": "python3.12", "architectures": ["arm64"], "layers": [arn("a:1"), arn("b:2")]}
        props, asked = transformed(resource(given), {arn("a:1"): arn("a:5")})
        self.assertEqual(props, {**given, "layers": [arn("a:5"), arn("b:2")]})
        self.assertEqual(
            asked[0],
            {"layerArn": arn("a:1"), "functionName": "api", "runtime": "python3.12", "architecture": "arm64"},
        )

    def test_leaves_alone(self) -> None:
        moves = {arn("a:1"): arn("a:5")}
        cases = {
            "as declared": resource({"layers": [arn("b:2")]}),
            "no layers": resource({"name": "x"}),
            "ignored": resource({"layers": [arn("a:1")]}, ignore_changes=["layers"]),
            "one ignored": resource({"layers": [arn("a:1")]}, ignore_changes=["layers[0]"]),
            "another type": resource({"layers": [arn("a:1")]}, type_="aws:s3/bucket:Bucket"),
            "no list": resource({"layers": arn("a:1")}),
        }
        for title, args in cases.items():
            with self.subTest(title):
                self.assertIsNone(transformed(args, moves)[0])

    def test_pins_types_of_the_config(self) -> None:
        props, _ = transformed(resource({"layerArns": [arn("a:1")]}, type_="my:mod:Fn"), {arn("a:1"): arn("a:5")})
        self.assertEqual(props, {"layerArns": [arn("a:5")]})

    def test_leaves_a_layer_whose_place_is_taken(self) -> None:
        given = [arn("old:1"), arn("new:2")]
        kept = pins._without_both(given, [arn("new:5"), arn("new:5")])
        self.assertEqual(kept, ([arn("old:1"), arn("new:5")], [(arn("old"), arn("new"))]))

    def test_refuses_what_lambda_would(self) -> None:
        cases = {
            "Function api would have layer a twice, which Lambda does not allow. "
            "Remove one of the two from its `layers`.": [arn("a:1"), arn("a:2")],
            "Function api would have 6 layers, but Lambda allows only 5. "
            "Remove some from its `layers`.": [arn(f"l{number}:1") for number in range(6)],
        }
        for message, given in cases.items():
            with self.subTest(message), self.assertRaises(pulumi.RunError) as raised:
                transformed(resource({"name": "api", "layers": given}), {})
            self.assertEqual(str(raised.exception), message)

    def test_knows_its_own_functions(self) -> None:
        def recorded(name: str) -> Dict[str, Any]:
            return {"name": name, "layers": [arn("a:1")]}

        made = Pins({}, {
            URN + "auto": recorded("auto-1234567"),
            URN + "named": recorded("named-1234567"),
            URN + "unset": recorded("unset"),
            URN + "bare": {"name": "bare", "layers": []},
            "urn:pulumi:dev::test::aws:s3/bucket:Bucket::b": {"name": "bucket"},
        })
        made.note(resource({"name": "plain", "layers": []}))
        made.note(resource({"layers": []}, name="auto"))
        made.note(resource({"function_name": "custom", "layer_arns": []}, type_="my:mod:Fn"))
        made.note(resource({"name": "unset"}, name="unset"))
        made.note(resource({"name": "ignored", "layers": []}, name="ignored", ignore_changes=["layers"]))
        own = asyncio.run(made._own_functions({"named-1234567"}))
        self.assertEqual(own, {"plain", "auto-1234567", "custom"})

    def test_knows_how_names_are_generated(self) -> None:
        cases = {
            "auto-${hex(7)}": None,
            "auto": '{"mode": "verbatim"}',
            "test-auto-${num(2)}": '{"pattern": "${project}-${name}-${num(2)}"}',
            "dev-auto": '{"mode": "verbatim", "providers": {"aws": {"pattern": "${stack}-${name}"}}}',
        }
        for expected, naming in cases.items():
            with self.subTest(expected):
                pulumi.runtime.set_mocks(Mocks(), project="test", stack="dev")
                pulumi.runtime.set_all_config({} if naming is None else {"pulumi:autonaming": naming})
                made = Pins({}, {})
                made.note(resource({"layers": []}, name="auto"))
                made.note(resource({"name": "plain", "layers": []}))
                made.note(resource({}, name="bare"))
                self.assertEqual(asyncio.run(made._generated_names()), {expected})
        pulumi.runtime.set_all_config({})


class Mocks(pulumi.runtime.Mocks):
    def __init__(self) -> None:
        self.inputs: Dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Tuple[str, Dict[str, Any]]:
        self.inputs = args.inputs
        return "id", {**args.inputs, "versions": {"fn": {"a": 5}}, "before": {}}

    def call(self, args: pulumi.runtime.MockCallArgs) -> Dict[str, Any]:
        return {"arn": arn(f"{args.args['name']}:5")}


class Classes(unittest.TestCase):
    def test_send_what_the_schema_says(self) -> None:
        mocks = Mocks()
        pulumi.runtime.set_mocks(mocks)

        @pulumi.runtime.test
        def program() -> Any:
            made = layers.LayerVersions(
                "layers",
                config_file="c.yaml",
                layers={"a": layers.LayerDeclarationArgs(version=5, enforce="minimum")},
                functions=layers.FunctionSelectionArgs(names=["fn"], tags={"team": "x"}),
                on_delete="restore",
            )
            return made.versions.apply(lambda versions: self.assertEqual(versions, {"fn": {"a": 5}}))

        program()
        self.assertEqual(mocks.inputs, {
            "configFile": "c.yaml",
            "layers": {"a": {"version": 5, "enforce": "minimum"}},
            "functions": {"names": ["fn"], "tags": {"team": "x"}},
            "onDelete": "restore",
        })
        self.assertEqual(layers.get_layer_version_arn(name="a").arn, arn("a:5"))

    def test_describe_themselves(self) -> None:
        for one in (layers.LayerVersions.__init__, layers.pin_layers, layers.get_layer_version_arn, layers.pin_layer):
            self.assertTrue(inspect.getdoc(one), one)


if __name__ == "__main__":
    unittest.main()
