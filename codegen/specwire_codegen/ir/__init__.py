"""Intermediate representation of a client, between the document and the source text.

Every name has two forms, on the wire and in Python. Values are frozen and hold tuples; unions are closed.
"""

from specwire_codegen.ir.api import (
    Api as Api,
    Operation as Operation,
    Override as Override,
    Retry as Retry,
    Server as Server,
    ServerVariable as ServerVariable,
)
from specwire_codegen.ir.compat import (
    ClientArgument as ClientArgument,
    Compat as Compat,
)
from specwire_codegen.ir.models import (
    ADDITIONAL as ADDITIONAL,
    AliasModel as AliasModel,
    Discriminator as Discriminator,
    Field as Field,
    Model as Model,
    ObjectModel as ObjectModel,
    Tag as Tag,
)
from specwire_codegen.ir.paging import (
    Cursor as Cursor,
    NextURL as NextURL,
    Offset as Offset,
    PageNumber as PageNumber,
    Pagination as Pagination,
    Polling as Polling,
)
from specwire_codegen.ir.requests import (
    BinaryBody as BinaryBody,
    Body as Body,
    FileKind as FileKind,
    Formats as Formats,
    FormBody as FormBody,
    JsonBody as JsonBody,
    JsonLinesBody as JsonLinesBody,
    MultipartBody as MultipartBody,
    Parameter as Parameter,
    Part as Part,
    Place as Place,
    Style as Style,
    TextBody as TextBody,
)
from specwire_codegen.ir.responses import (
    BinaryStream as BinaryStream,
    Empty as Empty,
    Envelope as Envelope,
    ErrorEnvelope as ErrorEnvelope,
    Errors as Errors,
    EventError as EventError,
    EventStream as EventStream,
    JsonPayload as JsonPayload,
    Payload as Payload,
    Status as Status,
    Text as Text,
)
from specwire_codegen.ir.security import (
    ApiKeyScheme as ApiKeyScheme,
    BasicScheme as BasicScheme,
    BearerScheme as BearerScheme,
    DigestScheme as DigestScheme,
    HttpScheme as HttpScheme,
    MutualTLSScheme as MutualTLSScheme,
    OAuth2Scheme as OAuth2Scheme,
    Requirement as Requirement,
    Security as Security,
    SecurityScheme as SecurityScheme,
    UndeclaredScheme as UndeclaredScheme,
)
from specwire_codegen.ir.types import (
    AnyJson as AnyJson,
    DefaultValue as DefaultValue,
    ListOf as ListOf,
    Literals as Literals,
    LiteralValue as LiteralValue,
    MapOf as MapOf,
    ModelRef as ModelRef,
    Nullable as Nullable,
    Primitive as Primitive,
    PrimitiveName as PrimitiveName,
    TupleOf as TupleOf,
    TypeExpr as TypeExpr,
    UnionOf as UnionOf,
)
