//! A client that blocks, and that may put statements off: they are sent together with the next question, and nobody
//! waits for the way there and back of each.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use futures_util::future::maybe_done;
use futures_util::poll;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row, Statement};

use super::address::Connection;
use super::{Address, PostgresError};
use crate::storage::sql::connection::{SqlError, Value};

/// Statements that are put off at the most: it bounds what is kept of them, and lets the server begin.
const MAX_PUT_OFF: usize = 128;

/// One connection. It must neither be used nor end on a thread of the daemon's runtime, because it has its own.
pub(super) struct Client {
    runtime: Runtime,
    server: tokio_postgres::Client,
    /// `None` once it was lost.
    connection: RefCell<Option<Connection>>,
    put_off: RefCell<Vec<PutOff>>,
}

/// What is sent with the next question.
enum PutOff {
    Text(String),
    Statement(Statement, Vec<Kept>),
}

/// A parameter that outlives its caller's.
enum Kept {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Client {
    pub(super) fn connect(address: &Address) -> Result<Self, SqlError> {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|_| PostgresError::silent())?;
        let (server, connection) = runtime.block_on(address.connect())?;
        Ok(Self { runtime, server, connection: RefCell::new(Some(connection)), put_off: RefCell::default() })
    }

    /// Whether the server is there, as far as is known without asking it.
    pub(super) fn is_open(&self) -> bool {
        // What it said last is read on the second look, when the runtime has seen to it.
        let mut looks = 0;
        let look = poll_fn(|context| {
            looks += 1;
            if looks > 2 {
                return Poll::Ready(Ok(()));
            }
            context.waker().wake_by_ref();
            Poll::Pending
        });
        self.converse(look).is_ok()
    }

    pub(super) fn prepare(&self, text: &str) -> Result<Statement, PostgresError> {
        self.converse(self.server.prepare(text))
    }

    /// Runs statements without parameters.
    pub(super) fn batch(&self, text: &str) -> Result<(), PostgresError> {
        self.ask(self.server.batch_execute(text))
    }

    /// Runs a statement; tells how many rows it changed.
    pub(super) fn execute(&self, statement: &Statement, values: &[Value<'_>]) -> Result<u64, PostgresError> {
        self.ask(self.server.execute(statement, &parameters(values)))
    }

    pub(super) fn query(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, PostgresError> {
        self.ask(self.server.query(statement, &parameters(values)))
    }

    /// Puts statements without parameters off.
    pub(super) fn put_off(&self, text: &str) {
        self.put_off.borrow_mut().push(PutOff::Text(text.to_owned()));
    }

    /// Puts a statement off. Its failure is told to whoever asks next.
    pub(super) fn put_off_statement(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<(), PostgresError> {
        let values = values.iter().map(|value| Kept::from(*value)).collect();
        self.put_off.borrow_mut().push(PutOff::Statement(statement, values));
        if self.put_off.borrow().len() < MAX_PUT_OFF { Ok(()) } else { self.ask(async { Ok(()) }) }
    }

    /// Forgets what was put off.
    pub(super) fn forget(&self) {
        self.put_off.borrow_mut().clear();
    }

    /// Sends this without waiting for what becomes of it.
    pub(super) fn send_off(&self, text: &str) -> Result<(), PostgresError> {
        self.converse(async {
            let mut answer = pin!(maybe_done(self.server.batch_execute(text)));
            let mut is_sent = false;
            poll_fn(|context| {
                let _ = answer.as_mut().poll(context);
                if is_sent {
                    return Poll::Ready(Ok(()));
                }
                is_sent = true;
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await
        })
    }

    /// Sends what was put off, then the question, and waits for the answers. The first failure is the answer.
    fn ask<T>(&self, question: impl Future<Output = Result<T, Error>>) -> Result<T, PostgresError> {
        let put_off = self.put_off.take();
        self.converse(async {
            let mut earlier = Vec::with_capacity(put_off.len());
            for statement in &put_off {
                // What is polled for the first time is sent.
                let mut answer = Box::pin(maybe_done(statement.send(&self.server)));
                let _ = poll!(&mut answer);
                earlier.push(answer);
            }
            let mut question = pin!(maybe_done(question));
            let _ = poll!(question.as_mut());
            for mut answer in earlier {
                answer.as_mut().await;
                answer.as_mut().take_output().unwrap_or(Ok(()))?;
            }
            question.as_mut().await;
            Ok(question.as_mut().take_output())
        })?
        .ok_or_else(PostgresError::silent)?
        .map_err(PostgresError::from)
    }

    /// Keeps the connection going until there is an answer.
    fn converse<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, PostgresError> {
        let mut held = self.connection.borrow_mut();
        let connection = held.as_mut().ok_or_else(PostgresError::silent)?;
        let mut answer = pin!(answer);
        let conversation = poll_fn(|context| {
            loop {
                if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                    return Poll::Ready(Ok(answer));
                }
                match connection.poll_message(context) {
                    // A notice.
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error.into())),
                    Poll::Ready(None) => return Poll::Ready(Err(PostgresError::silent())),
                    Poll::Pending => return Poll::Pending,
                }
            }
        });
        match self.runtime.block_on(conversation) {
            Ok(answer) => Ok(answer?),
            Err(lost) => {
                *held = None;
                Err(lost)
            }
        }
    }
}

impl PutOff {
    async fn send(&self, server: &tokio_postgres::Client) -> Result<(), Error> {
        match self {
            Self::Text(text) => server.batch_execute(text).await,
            Self::Statement(statement, values) => {
                let values: Vec<Value<'_>> = values.iter().map(Value::from).collect();
                server.execute(statement, &parameters(&values)).await.map(drop)
            }
        }
    }
}

fn parameters<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

impl From<Value<'_>> for Kept {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_owned()),
        }
    }
}

impl<'a> From<&'a Kept> for Value<'a> {
    fn from(kept: &'a Kept) -> Self {
        match kept {
            Kept::Null => Self::Null,
            Kept::Integer(number) => Self::Integer(*number),
            Kept::Text(text) => Self::Text(text),
            Kept::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}
