//! How fast a client and its clones may call the service: so many calls at once, so many in a
//! second, and none while the service asks for a pause.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::time::{Clock, within};

/// Limits how fast a client and its clones call the service.
#[derive(Debug)]
pub(crate) struct Throttle {
    clock: Arc<dyn Clock>,
    submissions: Semaphore,
    others: Semaphore,
    /// The time from one call to the next. After a time without calls, they come faster: see
    /// [`BURST`].
    spacing: Duration,
    timetable: Mutex<Timetable>,
}

/// Uploads can take minutes, and must not hold up the waits of other jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lane {
    Submissions,
    /// Calls that can be repeated: reads, and cancellations.
    Others,
}

/// When calls may be made. It goes by *open time*, which stands still while the service wants no
/// calls: so a pause moves every call that waits, and none loses its place in the line.
#[derive(Debug, Default)]
struct Timetable {
    /// The end of the line: the next new place, in open time.
    next: Duration,
    /// Places before `next` that calls gave back, because they were dropped or had no time.
    free: BTreeSet<Duration>,
    /// The end of the service's pause.
    closed: Duration,
    /// How much later calls start because of all pauses, the present one included; see
    /// [`close`](Self::close).
    paused: Duration,
    /// How many calls wait for their time.
    waiting: u32,
}

impl Timetable {
    /// How much open time there was until a moment.
    fn open_time(&self, moment: Duration) -> Duration {
        moment.max(self.closed).saturating_sub(self.paused)
    }

    /// The moment of a place in open time.
    fn moment(&self, place: Duration) -> Duration {
        place.saturating_add(self.paused).max(self.closed)
    }

    /// Takes the first free place, or a new one at the end of the line.
    fn take(&mut self, now: Duration, spacing: Duration) -> Duration {
        self.forget_past_places(now);
        if let Some(place) = self.free.pop_first() {
            return place;
        }
        let place = self.next.max(self.open_time(now).saturating_sub(BURST));
        self.next = place.saturating_add(spacing);
        place
    }

    /// Gives a place back for another call.
    fn give_back(&mut self, place: Duration, spacing: Duration) {
        // Without a rate, all calls have the same place.
        if spacing.is_zero() {
            return;
        }
        self.free.insert(place);
        // The line ends at the last call that waits.
        while let Some(last) = self.free.pop_last() {
            if last.saturating_add(spacing) < self.next {
                self.free.insert(last);
                break;
            }
            self.next = last;
        }
    }

    /// A free place whose moment has passed is lost. Otherwise calls would make up for it at once.
    fn forget_past_places(&mut self, now: Duration) {
        if !self.free.is_empty() {
            self.free = self.free.split_off(&self.open_time(now));
        }
    }

    /// Lets no call start before a moment. The first call in the line may start right then, so a pause
    /// counts only for what is left of it after the time that this call had to wait anyway.
    ///
    /// At one call a second, calls wait for the seconds 3, 4 and 5, and it is second 1:
    /// - a pause until second 11 lasts 10 seconds. The first call had to wait for 2 of them anyway.
    ///   `paused` grows by 8, and the calls start at 11, 12 and 13;
    /// - a pause until second 2 changes nothing. All calls start later anyway.
    fn close(&mut self, now: Duration, until: Duration, spacing: Duration) {
        self.forget_past_places(now);
        let pause = until.saturating_sub(self.closed.max(now));
        let places = self.free.len().saturating_add(self.waiting as usize);
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        let first = self.next.saturating_sub(spacing.saturating_mul(places));
        let still_to_wait = first.saturating_sub(self.open_time(now));
        self.paused = self.paused.saturating_add(pause.saturating_sub(still_to_wait));
        self.closed = self.closed.max(until);
    }
}

/// After a time without calls, a client may catch up on this much of its rate.
const BURST: Duration = Duration::from_secs(1);

/// The limits left no time for the call before its deadline.
#[derive(Debug)]
pub(crate) struct Throttled;

impl fmt::Display for Throttled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no time was left for the call: it waited for its turn (`calls_at_once`, `calls_per_second`) or for a pause that the service asked for; a longer `overall_timeout` leaves more time"
        )
    }
}

impl std::error::Error for Throttled {}

impl Throttle {
    pub(crate) fn new(clock: Arc<dyn Clock>, at_once: usize, spacing: Option<Duration>) -> Self {
        let at_once = at_once.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            clock,
            submissions: Semaphore::new(at_once),
            others: Semaphore::new(at_once),
            spacing: spacing.unwrap_or_default(),
            timetable: Mutex::default(),
        }
    }

    /// Waits for a slot, in order of arrival. Hold the permit until the call, retries included, is done.
    pub(crate) async fn acquire(
        &self,
        lane: Lane,
        deadline: Duration,
    ) -> Result<SemaphorePermit<'_>, Throttled> {
        let lane = match lane {
            Lane::Submissions => &self.submissions,
            Lane::Others => &self.others,
        };
        if let Ok(permit) = lane.try_acquire() {
            return Ok(permit);
        }
        let left = deadline.saturating_sub(self.clock.now());
        // Boxed, since thousands may wait here.
        let acquired = Box::pin(within(&*self.clock, left, lane.acquire())).await;
        acquired.ok_or(Throttled)?.map_err(|_| Throttled)
    }

    /// Waits until the rate and the service's pauses allow an attempt.
    pub(crate) async fn ready(&self, deadline: Duration) -> Result<(), Throttled> {
        let mut now = self.clock.now();
        let Some(place) = self.place(now) else { return Ok(()) };
        loop {
            let start = self.timetable().moment(place.at);
            if start <= now {
                place.used();
                return Ok(());
            }
            if start > deadline {
                return Err(Throttled);
            }
            self.clock.sleep(start - now).await;
            // Look again: the service may have asked for another pause meanwhile.
            now = self.clock.now();
        }
    }

    /// The next place in the timetable; `None` if that is now.
    fn place(&self, now: Duration) -> Option<Reservation<'_>> {
        let mut timetable = self.timetable();
        let at = timetable.take(now, self.spacing);
        if timetable.moment(at) <= now {
            return None;
        }
        timetable.waiting += 1;
        Some(Reservation { throttle: self, at, used: false })
    }

    fn timetable(&self) -> MutexGuard<'_, Timetable> {
        self.timetable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no call start for this long: the service asked for a pause.
    pub(crate) fn pause_for(&self, pause: Duration) {
        let now = self.clock.now();
        self.timetable().close(now, now.saturating_add(pause), self.spacing);
    }
}

/// A place in the timetable. If the call is not made, another call gets it.
struct Reservation<'a> {
    throttle: &'a Throttle,
    /// In open time.
    at: Duration,
    used: bool,
}

impl Reservation<'_> {
    fn used(mut self) {
        self.used = true;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut timetable = self.throttle.timetable();
        timetable.waiting = timetable.waiting.saturating_sub(1);
        if !self.used {
            timetable.give_back(self.at, self.throttle.spacing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TestClock;

    const FOREVER: Duration = Duration::MAX;

    /// Tokio's clock, which jumps where everybody sleeps.
    #[derive(Debug)]
    struct Tokio(tokio::time::Instant);

    impl Clock for Tokio {
        fn now(&self) -> Duration {
            self.0.elapsed()
        }

        fn date(&self) -> std::time::SystemTime {
            std::time::SystemTime::now()
        }

        fn sleep(&self, duration: Duration) -> crate::time::Sleep {
            Box::pin(tokio::time::sleep(duration))
        }
    }

    /// In a test with `start_paused`.
    fn paused() -> Arc<Tokio> {
        Arc::new(Tokio(tokio::time::Instant::now()))
    }

    #[tokio::test]
    async fn calls_come_at_their_rate_after_a_burst() {
        let clock = TestClock::default();
        let throttle = Throttle::new(Arc::new(clock.clone()), 4, Some(Duration::from_millis(100)));
        clock.sleep(Duration::from_secs(100)).await;
        for _ in 0..60 {
            throttle.ready(FOREVER).await.unwrap();
        }
        // A second's worth of calls at once, and the others 100 ms apart.
        let took = clock.now() - Duration::from_secs(100);
        assert_eq!(took, Duration::from_millis(100) * 49);
    }

    #[tokio::test]
    async fn requested_pause_holds_for_every_call() {
        let clock = TestClock::default();
        let throttle = Throttle::new(Arc::new(clock.clone()), 4, None);
        throttle.pause_for(Duration::from_secs(7));
        let error = throttle.ready(Duration::from_secs(5)).await.unwrap_err().to_string();
        for setting in ["overall_timeout", "calls_at_once", "calls_per_second"] {
            assert!(error.contains(setting), "{error}");
        }
        throttle.ready(FOREVER).await.unwrap();
        assert_eq!(clock.now(), Duration::from_secs(7));
        throttle.ready(FOREVER).await.unwrap();
        assert_eq!(clock.now(), Duration::from_secs(7));
    }

    #[tokio::test]
    async fn pause_is_not_caught_up_and_unused_slots_are_returned() {
        let clock = TestClock::default();
        let throttle = Throttle::new(Arc::new(clock.clone()), 4, Some(Duration::from_millis(200)));
        throttle.ready(FOREVER).await.unwrap();
        throttle.pause_for(Duration::from_secs(4));
        for _ in 0..10 {
            throttle.ready(FOREVER).await.unwrap();
        }
        assert_eq!(clock.now(), Duration::from_millis(4000 + 9 * 200));
        for _ in 0..100 {
            drop(throttle.place(clock.now()));
        }
        throttle.ready(FOREVER).await.unwrap();
        assert_eq!(clock.now(), Duration::from_millis(4000 + 10 * 200));
    }

    /// The example at `Timetable::close`.
    #[test]
    fn pause_counts_for_what_the_first_call_did_not_wait_anyway() {
        let second = Duration::from_secs(1);
        for (until, expected) in [(11, [11, 12, 13]), (2, [3, 4, 5])] {
            let mut timetable = Timetable { next: second * 6, waiting: 3, ..Timetable::default() };
            timetable.close(second, second * until, second);
            let moments = [3, 4, 5].map(|place| timetable.moment(second * place).as_secs());
            assert_eq!(moments, expected);
        }
    }

    #[test]
    fn dropped_call_frees_its_own_moment() {
        let second = Duration::from_secs(1);
        let clock = Arc::new(TestClock::default());
        let throttle = Throttle::new(clock, 4, Some(second));
        let place = || throttle.place(Duration::ZERO);
        let at = |place: &Option<Reservation<'_>>| place.as_ref().map(|place| place.at.as_secs());
        let (now, first, second, third) = (place(), place(), place(), place());
        assert_eq!([&now, &first, &second, &third].map(at), [None, Some(1), Some(2), Some(3)]);
        // The next call takes the place in the middle, and the one after it goes to the end.
        drop(second);
        let (second, fourth) = (place(), place());
        assert_eq!([&second, &fourth].map(at), [Some(2), Some(4)]);
        // In whatever order all of them are dropped, the line is empty again.
        for dropped in [first, third, fourth, second] {
            drop(dropped);
        }
        let (first, second) = (place(), place());
        assert_eq!([&first, &second].map(at), [Some(1), Some(2)]);
        // A place whose moment has passed is not made up for.
        drop(first);
        let late = throttle.place(Duration::from_millis(1500));
        assert_eq!(at(&late), Some(3));
        assert_eq!(at(&second), Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_calls_keep_the_rate_after_a_pause() {
        let clock = paused();
        let spacing = Duration::from_millis(50);
        let throttle = Arc::new(Throttle::new(clock.clone(), 64, Some(spacing)));
        let calls = (0..16).map(|_| {
            let (throttle, clock) = (Arc::clone(&throttle), Arc::clone(&clock));
            tokio::spawn(async move { throttle.ready(FOREVER).await.map(|()| clock.now()) })
        });
        let calls: Vec<_> = calls.collect();
        tokio::time::sleep(Duration::from_millis(60)).await;
        throttle.pause_for(Duration::from_millis(1500));
        let mut times = Vec::new();
        for call in calls {
            times.push(call.await.unwrap().unwrap());
        }
        times.sort_unstable();
        let behind: Vec<_> =
            times.into_iter().filter(|time| *time >= Duration::from_millis(1560)).collect();
        assert!(behind.len() > 10, "{behind:?}");
        // Within what timers are exact to.
        let least = spacing - Duration::from_millis(2);
        assert!(behind.windows(2).all(|pair| pair[1] - pair[0] >= least), "{behind:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn calls_keep_order_and_deadlines_through_pauses() {
        let clock = paused();
        let second = Duration::from_secs(1);
        let throttle = Arc::new(Throttle::new(clock.clone(), 64, Some(second)));
        let deadline = second * 15;
        let mut calls = Vec::new();
        for number in 0..12 {
            let (throttle, clock) = (Arc::clone(&throttle), Arc::clone(&clock));
            let deadline = if number % 4 == 3 { second * 8 } else { deadline };
            calls.push(tokio::spawn(async move {
                let turn = throttle.ready(deadline).await;
                (turn.is_ok(), clock.now())
            }));
            tokio::task::yield_now().await;
        }
        for (after, pause) in [(1500, 2), (2500, 1), (500, 3)] {
            tokio::time::sleep(Duration::from_millis(after)).await;
            throttle.pause_for(second * pause);
        }
        let mut before = Duration::ZERO;
        for (number, call) in calls.into_iter().enumerate() {
            let (made, at) = call.await.unwrap();
            if made {
                assert!(at >= before, "{number} at {at:?}, before {before:?}");
                before = at;
            }
            let hasty = number % 4 == 3;
            assert!(at <= if hasty { second * 8 } else { deadline }, "{number} at {at:?}");
            assert!(made || number > 5, "{number}");
        }
        // Five seconds without calls; the rest goes at one call a second.
        assert!(before <= second * 17, "{before:?}");
    }

    #[tokio::test]
    async fn submissions_do_not_hold_up_other_calls() {
        let throttle = Throttle::new(Arc::new(TestClock::default()), 1, None);
        let upload = throttle.acquire(Lane::Submissions, FOREVER).await.unwrap();
        let other = throttle.acquire(Lane::Others, FOREVER).await.unwrap();
        assert!(throttle.acquire(Lane::Others, Duration::ZERO).await.is_err());
        drop((upload, other));
        assert!(throttle.acquire(Lane::Others, Duration::ZERO).await.is_ok());
    }
}
