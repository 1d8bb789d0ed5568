"""Workloads of all servers together: collective operations and distributed training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from apn_emu.scenario.base import Many, listed, problem
from apn_emu.scenario.places import Servers
from apn_emu.scenario.quantities import Period, Size
from apn_emu.scenario.workloads.base import CountedOverTcp

Algorithm = Literal["ring", "hierarchical", "tree"]

PRECISION_BYTES = {"fp32": 4, "bf16": 2, "fp16": 2, "fp8": 1}


class _OnServers(CountedOverTcp):
    """What the workloads of many servers share. Servers are ranks in their order."""

    pieces: int = Field(
        default=8,
        ge=1,
        le=256,
        description="Pieces in which each tree sends its half (`tree` only).",
    )
    iterations: int = Field(default=2, ge=1, description="How often it is measured.")
    warm_up_iterations: int = Field(
        default=1, ge=0, description="How often it runs before: TCP's slow start."
    )

    @model_validator(mode="after")
    def _all_at_once(self) -> Self:
        if "parallel" in self.model_fields_set:
            raise problem(f"{self.kind} runs on all its servers at once", "leave out parallel")
        return self

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data; `on` is a list of `site/number`, None for all."""
        plan = super().to_plan(sites)
        on = plan["on"]
        return {**plan, "on": None if on == "all" else [str(server) for server in on]}


class Collective(_OnServers):
    """A collective operation for several message sizes, measured as nccl-tests does."""

    kind = "collective"

    operation: Literal["all-reduce", "reduce-scatter", "all-gather", "all-to-all"] = Field(
        alias="collective", description="The operation; size is that of nccl-tests."
    )
    on: Servers = Field(
        default="all", description="Which servers: `all` or a list. Their order is the ring's."
    )
    algorithm: Algorithm | None = Field(
        default=None,
        description="For all-reduce: `ring`, `hierarchical` (inside each site, then rings between "
        "the sites) or `tree` (two binary trees at once); else `ring`. The others have one way: "
        "rings, and for all-to-all all at once.",
    )
    sizes_byte: Annotated[Many[Size], BeforeValidator(listed)] = Field(
        default=(1_000, 32_000, 1_000_000, 8_000_000, 32_000_000, 256_000_000, 1_000_000_000),
        alias="sizes",
        min_length=1,
        description="Message sizes.",
    )
    sent_at_most_byte: Size = Field(
        default=700_000_000,
        alias="sent_at_most",
        description="Sizes for which all servers together would send more are extrapolated from "
        "the two largest below; the two smallest are always sent.",
    )

    @model_validator(mode="after")
    def _algorithm_fits(self) -> Collective:
        if self.algorithm is not None and self.operation != "all-reduce":
            raise problem(f"{self.operation} has one algorithm", "leave out algorithm")
        return self

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units; the name tells the algorithm too."""
        plan = super().to_plan(sites)
        if self.operation == "all-reduce":
            plan["algorithm"] = self.algorithm or "ring"
        parts = (self.operation, plan["algorithm"])
        return {**plan, "name": self.name or "-".join(filter(None, parts))}


class Training(_OnServers):
    """Data-parallel training: computing, and summing the gradients of all servers each step."""

    kind = "training"

    on: Servers = Field(
        alias="training", description="Which servers: `all` or a list; each is one rank."
    )
    parameters: float = Field(gt=0, description="Parameters of the model, like `7e9`.")
    compute_s: Period = Field(
        alias="compute", description="Time of computing of one step: forward and backward pass."
    )
    precision: Literal["fp32", "bf16", "fp16", "fp8"] = Field(
        default="bf16", description="Of a gradient on the wire: 4, 2, 2 or 1 bytes."
    )
    algorithm: Algorithm = Field(default="hierarchical", description="As for all-reduce.")
    overlap: float = Field(
        default=0.667,
        ge=0,
        le=1,
        description="Part of the computing, at its end, during which gradients become ready and "
        "are sent. The default is the backward pass: 4 of 6 operations for each parameter and "
        "token (Kaplan et al. 2020).",
    )
    bucket_byte: Size = Field(
        default=25 * 2**20,
        alias="bucket",
        description="Gradients summed at once; the default is PyTorch's `bucket_cap_mb`.",
    )
    sent_buckets: int = Field(
        default=3,
        ge=1,
        description="Buckets of a step that are really sent; the others take as long as the last.",
    )
    iterations: int = Field(default=1, ge=1, description="Steps that are measured.")

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units, `gradient_byte` for the precision."""
        return {**super().to_plan(sites), "gradient_byte": PRECISION_BYTES[self.precision]}
