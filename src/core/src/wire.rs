//! The socket protocol: length-prefixed frames with a version, a tag and a JSON body.
//!
//! The public description is `docs/protocol.md`. A connection carries one request at a time: the client
//! writes a request frame and reads one reply frame. Unknown fields are ignored, an unknown tag is refused
//! with [`ErrorCode::UnknownRequest`](crate::code::ErrorCode::UnknownRequest), and the length is checked before
//! anything is allocated.

mod frame;
mod reply;
mod request;
mod results;

pub use frame::{
    Frame, FrameBuilder, FrameError, HEADER_BYTES, PROTOCOL_VERSION, Tag, decode_header, encode,
};
pub use reply::{
    BatchItem, DaemonLimits, Description, Pong, RateDecision, Receipt, Receipts, Refusal, Reply, Reservation,
    Settlement, Trace,
};
pub use request::{
    BudgetRequest, JobRef, RateRequest, Request, SettleRequest, Submit, SubmitMany, WaitRequest,
    describe_invalid,
};
pub use results::{
    AnswerPart, EndpointReport, EndpointStatus, ReadAnswer, ResultEvent, ResultPage, ResultsRequest,
};
