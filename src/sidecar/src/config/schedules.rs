use jiff::tz::TimeZone;
use platen_core::cron::{CatchUp, Cron};
use platen_core::job::{Priority, SiteId, WorkflowPayload};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ConfigError;

/// One of `[[schedules]]`, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its name, unique; its jobs' keys are made of it.
    pub name: String,
    /// When.
    pub cron: Cron,
    /// By which clock on the wall.
    pub zone: TimeZone,
    /// Whose jobs they are.
    pub site: SiteId,
    /// What they run.
    pub run: WorkflowPayload,
    /// How urgent they are.
    pub priority: Priority,
    /// What happens to the ticks that passed while the daemon was down.
    pub catch_up: CatchUp,
}

/// A `[[schedules]]` table as written.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleEntry {
    name: String,
    cron: String,
    #[serde(default = "default_zone")]
    zone: String,
    site: String,
    workflow: String,
    #[serde(default)]
    input: Option<Value>,
    #[serde(default)]
    priority: Priority,
    #[serde(default = "default_catch_up")]
    catch_up: String,
}

fn default_zone() -> String {
    "UTC".to_owned()
}

fn default_catch_up() -> String {
    "latest".to_owned()
}

pub(super) fn resolve(entries: Vec<ScheduleEntry>) -> Result<Vec<Schedule>, ConfigError> {
    let mut schedules: Vec<Schedule> = Vec::new();
    for entry in entries {
        let schedule = from_entry(entry)?;
        if schedules.iter().any(|earlier| earlier.name == schedule.name) {
            let key = format!("schedules.{}", schedule.name);
            return Err(ConfigError::invalid(key, "the name is used twice"));
        }
        schedules.push(schedule);
    }
    Ok(schedules)
}

fn from_entry(entry: ScheduleEntry) -> Result<Schedule, ConfigError> {
    let ScheduleEntry { name, cron, zone, site, workflow, input, priority, catch_up } = entry;
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return Err(ConfigError::invalid("schedules.name", "a name is 1 to 64 printable bytes"));
    }
    let invalid =
        |field: &str, problem: String| ConfigError::invalid(format!("schedules.{name}.{field}"), problem);
    let cron =
        cron.parse().map_err(|error: platen_core::cron::InvalidCron| invalid("cron", error.to_string()))?;
    let zone = TimeZone::get(&zone).map_err(|_| {
        invalid("zone", format!("the time zone {zone:?} is not known on this machine (tzdata)"))
    })?;
    let site = SiteId::try_from(site).map_err(|error| invalid("site", error.to_string()))?;
    let catch_up = catch_up
        .parse()
        .map_err(|error: platen_core::cron::InvalidCatchUp| invalid("catch_up", error.to_string()))?;
    let input = input.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    Ok(Schedule {
        run: WorkflowPayload { name: workflow, input },
        name,
        cron,
        zone,
        site,
        priority,
        catch_up,
    })
}
