//! A web page of the queue of a batch.

use std::net::SocketAddr;

use apalis_board::axum::framework::{ApiBuilder, RegisterRoute};
use apalis_board::axum::ui::ServeUI;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::error::Error;
use crate::store::{Batch, Db};

/// The engine's own page of the queue of a batch: its tasks, which are the numbers of jobs, its workers, and
/// statistics. It asks for no password, so keep it on a loopback address, or behind a server that does.
#[derive(Debug)]
#[must_use = "a board is served by `serve`"]
pub struct Board {
    listener: TcpListener,
    router: Router,
    address: SocketAddr,
}

impl Board {
    /// Listens on an address; port 0 is any free one. At a loopback address, the board answers only those
    /// who call it by such an address or `localhost`, so that no web page can read it in disguise.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub async fn bind(batch: &Batch, address: SocketAddr) -> Result<Self, Error> {
        let listen = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let queue = batch.queue();
        let api = ApiBuilder::new(Router::new());
        let api = match batch.store().db() {
            Db::Sqlite(pool) => {
                let config = apalis_sqlite::Config::default().queue(&queue);
                api.register(&queue, SqliteStorage::<u64>::new(pool).with_config(config))
            }
            Db::Postgres(pool) => {
                let config = apalis_postgres::Config::default().queue(&queue);
                api.register(&queue, PostgresStorage::<u64>::new(pool).with_config(config))
            }
        };
        let router = Router::new()
            .nest("/api/v1", api.build())
            .fallback_service(ServeUI::new())
            .layer(middleware::from_fn_with_state(address.ip().is_loopback(), only_local_names));
        Ok(Self { listener, router, address })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the future is dropped.
    ///
    /// # Errors
    /// [`Error::Listen`] if the address is lost.
    pub async fn serve(self) -> Result<(), Error> {
        let address = self.address;
        let served = axum::serve(self.listener, self.router).await;
        served.map_err(|source| Error::Listen { address, source })
    }
}

/// Refuses calls to a loopback address by another name: a page of the web may give its own name such an address.
async fn only_local_names(
    State(is_loopback): State<bool>,
    request: Request,
    next: Next,
) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.and_then(|host| url::Url::parse(&format!("http://{host}")).ok());
    let is_local = name.is_some_and(|url| match url.host() {
        Some(url::Host::Domain(domain)) => domain == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    });
    if is_loopback && !is_local {
        let words = "call the board by its address, or as `localhost`\n";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    next.run(request).await
}
