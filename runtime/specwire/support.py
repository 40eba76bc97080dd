"""Support module: the names that generated clients and overrides import.

They stay compatible within a major version: a client from an older generator runs on a newer runtime. Private
modules, whose names begin with an underscore, may change in any version.
"""

from typing import TYPE_CHECKING

from specwire._lazy import by_module, lazy as lazy

if TYPE_CHECKING:
    from specwire._auth.credential import (
        AsyncKey as AsyncKey,
        Key as Key,
    )
    from specwire._batch.provider import (
        BatchCounts as BatchCounts,
        BatchJob as BatchJob,
        BatchProvider as BatchProvider,
    )
    from specwire._batch.results import (
        BatchResults as BatchResults,
    )
    from specwire._batch.run import (
        BatchProgress as BatchProgress,
        cancel_batch as cancel_batch,
        run_batch as run_batch,
    )
    from specwire._client.async_client import (
        AsyncClient as AsyncClient,
        AsyncClientOptions as AsyncClientOptions,
    )
    from specwire._client.deprecation import (
        deprecated as deprecated,
    )
    from specwire._client.endpoint import (
        accumulated as accumulated,
        downloaded as downloaded,
        downloaded_or_streamed as downloaded_or_streamed,
        endpoint as endpoint,
        mixed as mixed,
        paginated as paginated,
        streamed as streamed,
        switched as switched,
        workflow as workflow,
    )
    from specwire._client.overrides import (
        adds as adds,
        replaces as replaces,
    )
    from specwire._client.resource import (
        AsyncResource as AsyncResource,
        Resource as Resource,
        resource as resource,
    )
    from specwire._client.sync_client import (
        Client as Client,
        ClientOptions as ClientOptions,
    )
    from specwire._client.workflow import (
        Save as Save,
        Workflow as Workflow,
        send as send,
        wait as wait,
    )
    from specwire._codec.conversion import (
        to_dict as to_dict,
    )
    from specwire._codec.drift import (
        tolerate as tolerate,
    )
    from specwire._codec.formats import (
        Formats as Formats,
    )
    from specwire._codec.model import (
        OpenModel as OpenModel,
        WireModel as WireModel,
    )
    from specwire._models.inputs import (
        DateInput as DateInput,
        DateTimeInput as DateTimeInput,
        DecimalInput as DecimalInput,
        DurationInput as DurationInput,
        IntTextInput as IntTextInput,
        TimeInput as TimeInput,
        UUIDInput as UUIDInput,
    )
    from specwire._models.int_text import (
        IntText as IntText,
    )
    from specwire._models.model import (
        ADDITIONAL as ADDITIONAL,
        Unknown as Unknown,
        constant as constant,
    )
    from specwire._models.union import (
        union as union,
    )
    from specwire._models.unset import (
        UNSET as UNSET,
        Unset as Unset,
    )
    from specwire._operations.forms import (
        same_arguments as same_arguments,
        with_fields as with_fields,
    )
    from specwire._operations.operation import (
        BinaryPayload as BinaryPayload,
        Cursor as Cursor,
        EmptyPayload as EmptyPayload,
        ErrorEnvelope as ErrorEnvelope,
        EventError as EventError,
        EventsPayload as EventsPayload,
        JsonPayload as JsonPayload,
        NextURL as NextURL,
        Offset as Offset,
        Operation as Operation,
        PageNumber as PageNumber,
        Polling as Polling,
        TextPayload as TextPayload,
    )
    from specwire._operations.provider import (
        NonRetryableErrors as NonRetryableErrors,
        Provider as Provider,
        Server as Server,
        ServerVariable as ServerVariable,
    )
    from specwire._operations.request import (
        BaseRequest as BaseRequest,
        BinaryBody as BinaryBody,
        DownloadRequest as DownloadRequest,
        FormBody as FormBody,
        JsonBody as JsonBody,
        MixedRequest as MixedRequest,
        PagedRequest as PagedRequest,
        Request as Request,
        StreamRequest as StreamRequest,
        TextBody as TextBody,
        given as given,
        json_body as json_body,
        lines_body as lines_body,
        multipart_body as multipart_body,
    )
    from specwire._operations.security import (
        ApiKey as ApiKey,
        Basic as Basic,
        Bearer as Bearer,
        Digest as Digest,
        Http as Http,
        MutualTLS as MutualTLS,
        OAuth2 as OAuth2,
        Security as Security,
        Undeclared as Undeclared,
    )
    from specwire._serialization.file import (
        FileInput as FileInput,
        Openable as Openable,
    )
    from specwire._serialization.multipart import (
        Part as Part,
        file_part as file_part,
    )
    from specwire._serialization.style import (
        Style as Style,
    )
    from specwire._serialization.upload import (
        piece_of as piece_of,
    )

_MODULES = by_module(
    {
        "_auth.credential": "AsyncKey Key",
        "_batch.provider": "BatchCounts BatchJob BatchProvider",
        "_batch.results": "BatchResults",
        "_batch.run": "BatchProgress cancel_batch run_batch",
        "_client.async_client": "AsyncClient AsyncClientOptions",
        "_client.deprecation": "deprecated",
        "_client.endpoint": "accumulated downloaded downloaded_or_streamed endpoint mixed paginated streamed switched "
        "workflow",
        "_client.overrides": "adds replaces",
        "_client.resource": "AsyncResource Resource resource",
        "_client.sync_client": "Client ClientOptions",
        "_client.workflow": "Save Workflow send wait",
        "_codec.conversion": "to_dict",
        "_codec.model": "OpenModel WireModel",
        "_codec.drift": "tolerate",
        "_codec.formats": "Formats",
        "_models.inputs": "DateInput DateTimeInput DecimalInput DurationInput IntTextInput TimeInput UUIDInput",
        "_models.int_text": "IntText",
        "_models.model": "ADDITIONAL Unknown constant",
        "_models.union": "union",
        "_models.unset": "UNSET Unset",
        "_operations.forms": "same_arguments with_fields",
        "_operations.operation": (
            "BinaryPayload Cursor EmptyPayload EventError EventsPayload JsonPayload NextURL "
            "Offset Operation PageNumber Polling ErrorEnvelope TextPayload"
        ),
        "_operations.provider": "NonRetryableErrors Provider Server ServerVariable",
        "_operations.request": (
            "BaseRequest BinaryBody DownloadRequest FormBody JsonBody MixedRequest "
            "PagedRequest Request StreamRequest TextBody given json_body lines_body "
            "multipart_body"
        ),
        "_operations.security": "ApiKey Basic Bearer Digest Http MutualTLS OAuth2 Security Undeclared",
        "_serialization.file": "FileInput Openable",
        "_serialization.multipart": "Part file_part",
        "_serialization.style": "Style",
        "_serialization.upload": "piece_of",
    }
)
__getattr__ = lazy(__name__.rpartition(".")[0], _MODULES, home=__name__)

if not TYPE_CHECKING:  # checkers take the names from the imports above
    __all__ = sorted(_MODULES)


def __dir__() -> list[str]:
    return sorted(_MODULES)
