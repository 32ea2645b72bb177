/* Health and words of workloads, jobs, autoscalers, volumes and leases. */
#include "tests/unit/kube/making.h"

#include "base/clock.h"
#include "base/intern.h"

struct verdict {
    const char *kind, *json;
    enum health health;
    const char *trouble;
};

static void check(const struct verdict *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *json = mem_printf("{'metadata':{'name':'x','namespace':'n'},%s}", list[i].json);
        struct made m = making(list[i].kind, json);
        if (m.row->health != list[i].health || strcmp(m.row->trouble, list[i].trouble) != 0)
            fail_msg("%s %s: health %d '%s', expected %d '%s'", list[i].kind, list[i].json,
                     m.row->health, m.row->trouble, list[i].health, list[i].trouble);
        making_done(&m);
        free(json);
    }
}

#define CHECK(list) check(list, sizeof list / sizeof *list)
#define AT "'lastTransitionTime':'2021-08-27T13:00:00Z'"

static void deployments(void **state)
{
    static const struct verdict cases[] = {
        {"deploy",
         "'spec':{'replicas':3},'status':{'replicas':3,'updatedReplicas':3,'readyReplicas':3,"
         "'availableReplicas':3}",
         HEALTH_OK, ""},
        {"deploy", "'spec':{'replicas':0},'status':{}", HEALTH_DONE, ""},
        /* Rolling out, and as available as it has to be. */
        {"deploy",
         "'spec':{'replicas':4},'status':{'replicas':5,'updatedReplicas':2,'availableReplicas':3,"
         "'conditions':[{'type':'Available','status':'True'},{'type':'Progressing','status':"
         "'True'}]}",
         HEALTH_PENDING, "2 of 4 updated"},
        {"deploy",
         "'spec':{'replicas':4,'paused':true},'status':{'replicas':5,'updatedReplicas':2,"
         "'availableReplicas':4}",
         HEALTH_PENDING, "2 of 4 updated, paused"},
        {"deploy",
         "'spec':{'replicas':4},'status':{'replicas':4,'updatedReplicas':4,'availableReplicas':3,"
         "'conditions':[{'type':'Available','status':'True'}]}",
         HEALTH_WARN, "1 of 4 unavailable"},
        {"deploy",
         "'spec':{'replicas':2},'status':{'replicas':2,'updatedReplicas':2,"
         "'conditions':[{'type':'Available','status':'False','reason':'MinimumReplicasUnavailable'"
         "," AT "}]}",
         HEALTH_BAD, "2 of 2 unavailable since 2021-08-27 13:00:00 UTC"},
        {"deploy",
         "'spec':{'replicas':2},'status':{'replicas':3,'updatedReplicas':1,'availableReplicas':2,"
         "'conditions':[{'type':'Available','status':'True'},{'type':'Progressing','status':"
         "'False','reason':'ProgressDeadlineExceeded','message':'ReplicaSet \\u0027x-1\\u0027 has "
         "timed out progressing.'," AT "}]}",
         HEALTH_BAD,
         "ProgressDeadlineExceeded since 2021-08-27 13:00:00 UTC: ReplicaSet 'x-1' has timed out "
         "progressing.; 1 of 2 updated"},
        {"deploy",
         "'spec':{'replicas':1},'status':{'replicas':0,'conditions':[{'type':'ReplicaFailure',"
         "'status':'True','reason':'FailedCreate','message':'exceeded quota'," AT "}]}",
         HEALTH_BAD,
         "FailedCreate since 2021-08-27 13:00:00 UTC: exceeded quota; 0 of 1 updated; 1 of 1 "
         "unavailable"},
    };
    (void)state;
    CHECK(cases);
    struct made m = making("deploy", "{'metadata':{'name':'x','generation':3},'spec':{'replicas':1}"
                                     ",'status':{'observedGeneration':2,'replicas':1,"
                                     "'updatedReplicas':1,'availableReplicas':1}}");
    assert_string_equal(m.row->trouble, "waits for the deployment controller");
    assert_int_equal(m.row->health, HEALTH_PENDING);
    making_done(&m);
}

/* The phase and its reason say what became of a pod, not what its containers left behind. */
static void pods_that_ended(void **state)
{
#define ENDED(code)                                                                                \
    "'containerStatuses':[{'name':'c','state':{'terminated':{'exitCode':" code "}}}]"
    static const struct verdict cases[] = {
        {"pods", "'status':{'phase':'Succeeded'," ENDED("0") "}", HEALTH_DONE, ""},
        {"pods", "'status':{'phase':'Failed'," ENDED("3") "}", HEALTH_BAD, "exit 3: c"},
        {"pods",
         "'status':{'phase':'Failed','reason':'Evicted','message':'low on memory'," ENDED(
             "137") "}",
         HEALTH_WARN, "Evicted: low on memory"},
        {"pods", "'status':{'phase':'Failed','reason':'Evicted'," ENDED("0") "}", HEALTH_WARN,
         "Evicted"},
        {"pods", "'status':{'phase':'Failed','reason':'DeadlineExceeded'," ENDED("0") "}",
         HEALTH_BAD, "DeadlineExceeded"},
    };
    (void)state;
    CHECK(cases);
}

static void other_workloads(void **state)
{
    static const struct verdict cases[] = {
        {"sts", "'spec':{'replicas':3},'status':{'readyReplicas':3}", HEALTH_OK, ""},
        {"sts", "'spec':{'replicas':0},'status':{}", HEALTH_DONE, ""},
        {"sts", "'spec':{'replicas':3},'status':{'readyReplicas':2}", HEALTH_WARN,
         "1 of 3 not ready"},
        {"sts", "'spec':{'replicas':3},'status':{}", HEALTH_BAD, "3 of 3 not ready"},
        {"sts",
         "'spec':{'replicas':3},'status':{'readyReplicas':3,'updatedReplicas':1,'currentRevision':"
         "'a','updateRevision':'b'}",
         HEALTH_PENDING, "1 of 3 updated"},
        {"sts",
         "'spec':{'replicas':3,'updateStrategy':{'type':'OnDelete'}},'status':{'readyReplicas':3,"
         "'updatedReplicas':1,'currentRevision':'a','updateRevision':'b'}",
         HEALTH_PENDING, "1 of 3 updated, the rest when they are deleted"},
        {"ds",
         "'status':{'desiredNumberScheduled':4,'numberReady':4,'updatedNumberScheduled':4,"
         "'numberMisscheduled':1}",
         HEALTH_OK, ""},
        {"ds",
         "'status':{'desiredNumberScheduled':4,'numberReady':3,'updatedNumberScheduled':2,"
         "'numberMisscheduled':1}",
         HEALTH_WARN, "1 of 4 not ready; 2 of 4 updated; 1 where they should not run"},
        {"ds",
         "'spec':{'updateStrategy':{'type':'OnDelete'}},'status':{'desiredNumberScheduled':4,"
         "'numberReady':4,'updatedNumberScheduled':2}",
         HEALTH_PENDING, "2 of 4 updated, the rest when they are deleted"},
        {"ds", "'status':{}", HEALTH_DONE, ""},
        {"rs", "'spec':{'replicas':2},'status':{'replicas':2,'readyReplicas':2}", HEALTH_OK, ""},
        {"rs", "'spec':{'replicas':0},'status':{'replicas':0}", HEALTH_DONE, ""},
        {"rs",
         "'spec':{'replicas':2},'status':{'replicas':0,'conditions':[{'type':'ReplicaFailure',"
         "'status':'True','reason':'FailedCreate','message':'denied'}]}",
         HEALTH_BAD, "FailedCreate: denied; 2 of 2 not ready"},
    };
    (void)state;
    CHECK(cases);
}

static void jobs(void **state)
{
    static const struct verdict cases[] = {
        {"job", "'status':{'active':1}", HEALTH_OK, ""},
        {"job", "'status':{'succeeded':1,'conditions':[{'type':'Complete','status':'True'}]}",
         HEALTH_DONE, ""},
        {"job",
         "'status':{'failed':4,'conditions':[{'type':'Failed','status':'True','reason':"
         "'BackoffLimitExceeded','message':'Job has reached the specified backoff limit'," AT "}]}",
         HEALTH_BAD,
         "BackoffLimitExceeded since 2021-08-27 13:00:00 UTC: Job has reached the specified "
         "backoff "
         "limit"},
        {"job", "'spec':{'backoffLimit':3},'status':{'active':1,'failed':2}", HEALTH_WARN,
         "2 pods failed, it gives up after 4"},
        {"job", "'status':{'failed':1}", HEALTH_WARN, "1 pod failed"},
        {"job", "'status':{'conditions':[{'type':'Suspended','status':'True'}]}", HEALTH_PENDING,
         ""},
        {"job",
         "'status':{'conditions':[{'type':'FailureTarget','status':'True','reason':"
         "'PodFailurePolicy'}]}",
         HEALTH_BAD, "PodFailurePolicy"},
        {"cj", "'spec':{'suspend':true},'status':{}", HEALTH_DONE, ""},
        {"cj", "'status':{'lastScheduleTime':'2021-08-27T13:00:00Z'}", HEALTH_OK, ""},
        {"cj",
         "'status':{'lastScheduleTime':'2021-08-27T13:00:00Z','lastSuccessfulTime':'2021-08-27T13:"
         "01:00Z'}",
         HEALTH_OK, ""},
        {"cj",
         "'status':{'lastScheduleTime':'2021-08-27T13:10:00Z','lastSuccessfulTime':'2021-08-27T13:"
         "01:00Z','active':[{'name':'x'}]}",
         HEALTH_OK, ""},
        {"cj",
         "'status':{'lastScheduleTime':'2021-08-27T13:10:00Z','lastSuccessfulTime':'2021-08-27T13:"
         "01:00Z'}",
         HEALTH_WARN,
         "the last run failed: begun 2021-08-27 13:10:00 UTC, the last success 2021-08-27 13:01:00 "
         "UTC"},
    };
    static const struct {
        const char *json, *status, *completions;
    } cells[] = {
        {"'spec':{'completions':3},'status':{'succeeded':1}", "Running", "1/3"},
        {"'spec':{'parallelism':1},'status':{}", "Running", "0/1"},
        {"'spec':{'parallelism':4},'status':{'succeeded':2}", "Running", "2/1 of 4"},
        {"'status':{'conditions':[{'type':'SuccessCriteriaMet','status':'True'}]}",
         "SuccessCriteriaMet", "0/1"},
    };
    (void)state;
    CHECK(cases);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char *json = mem_printf("{'metadata':{'name':'x','namespace':'n'},%s}", cells[i].json);
        struct made m = making("jobs", json);
        assert_string_equal(making_text(&m, "STATUS"), cells[i].status);
        assert_string_equal(making_text(&m, "COMPLETIONS"), cells[i].completions);
        making_done(&m);
        free(json);
    }
}

static void durations_of_jobs(void **state)
{
    int64_t now;
    (void)state;
    assert_true(clock_parse(str_of("2021-08-27T13:10:00Z"), false, &now));
    clock_freeze(now);
    struct made m = making("job", "{'metadata':{'name':'x','deletionTimestamp':'2021-08-27T13:"
                                  "09:00Z'},'status':{'startTime':'2021-08-27T13:07:30Z'}}");
    assert_string_equal(making_text(&m, "DURATION"), "2m30s");
    assert_string_equal(making_text(&m, "STATUS"), "Terminating");
    assert_int_equal(now - making_number(&m, "STARTED"), 150 * CLOCK_SECOND);
    making_done(&m);
    m = making("job", "{'metadata':{'name':'x'},'status':{'startTime':'2021-08-27T13:00:00Z',"
                      "'completionTime':'2021-08-27T13:01:01Z'}}");
    assert_string_equal(making_text(&m, "DURATION"), "61s");
    making_done(&m);
    clock_freeze(0);
}

static void autoscalers(void **state)
{
    static const struct verdict cases[] = {
        {"hpa",
         "'spec':{'maxReplicas':5},'status':{'currentReplicas':5,'conditions':[{'type':"
         "'ScalingLimited','status':'False','reason':'DesiredWithinRange'}]}",
         HEALTH_OK, ""},
        {"hpa",
         "'spec':{'maxReplicas':5},'status':{'currentReplicas':5,'conditions':[{'type':"
         "'ScalingLimited','status':'True','reason':'TooManyReplicas'," AT "}]}",
         HEALTH_WARN, "at its maximum of 5 since 2021-08-27 13:00:00 UTC"},
        {"hpa",
         "'spec':{'maxReplicas':5},'status':{'currentReplicas':1,'conditions':[{'type':"
         "'ScalingLimited','status':'True','reason':'TooFewReplicas'}]}",
         HEALTH_OK, ""},
        {"hpa",
         "'spec':{'maxReplicas':5},'status':{'conditions':[{'type':'ScalingActive','status':"
         "'False','reason':'FailedGetResourceMetric','message':'no metrics returned'}]}",
         HEALTH_BAD, "FailedGetResourceMetric: no metrics returned"},
        {"hpa",
         "'spec':{'maxReplicas':5},'status':{'conditions':[{'type':'ScalingActive','status':"
         "'False','reason':'ScalingDisabled','message':'scaled to 0'}]}",
         HEALTH_DONE, ""},
        {"hpa.v1.autoscaling",
         "'spec':{'minReplicas':2,'maxReplicas':5},'status':{'currentReplicas':5}", HEALTH_WARN,
         "at its maximum of 5"},
        {"hpa.v1.autoscaling",
         "'spec':{'minReplicas':5,'maxReplicas':5},'status':{'currentReplicas':5}", HEALTH_OK, ""},
    };
    static const struct {
        const char *kind, *json, *targets;
    } cells[] = {
        {"hpa",
         "'spec':{'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{"
         "'averageUtilization':80}}}]},'status':{'currentMetrics':[{'type':'Resource','resource':{"
         "'name':'cpu','current':{'averageUtilization':12}}}]}",
         "cpu: 12%/80%"},
        {"hpa.v2beta2.autoscaling",
         "'spec':{'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{"
         "'averageUtilization':80}}}]},'status':{'currentMetrics':null}",
         "<unknown>/80%"},
        {"hpa",
         "'spec':{'metrics':[{'type':'ContainerResource','containerResource':{'name':'memory',"
         "'container':'a','target':{'averageValue':'1Gi'}}},{'type':'Resource','resource':{'name':"
         "'cpu','target':{}}},{'type':'New'},{'type':'New'}]},'status':{}",
         "memory: <unknown>/1Gi, cpu: <unknown>/<auto> + 2 more..."},
        {"hpa", "'spec':{'metrics':[{'type':'New'}]}", "<unknown type>"},
        {"hpa", "'spec':{}", ""},
        {"hpa.v1.autoscaling",
         "'spec':{'targetCPUUtilizationPercentage':70},'status':{"
         "'currentCPUUtilizationPercentage':56}",
         "56%/70%"},
        {"hpa.v1.autoscaling", "'spec':{'targetCPUUtilizationPercentage':70}", "<unknown>/70%"},
        {"hpa.v1.autoscaling", "'spec':{}", ""},
    };
    (void)state;
    CHECK(cases);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char *json = mem_printf("{'metadata':{'name':'x','namespace':'n'},%s}", cells[i].json);
        struct made m = making(cells[i].kind, json);
        assert_string_equal(making_text(&m, "TARGETS"), cells[i].targets);
        making_done(&m);
        free(json);
    }
}

static void volumes_and_the_rest(void **state)
{
    static const struct verdict cases[] = {
        {"pvc", "'spec':{'volumeName':'v'},'status':{'phase':'Bound'}", HEALTH_OK, ""},
        {"pvc", "'spec':{'volumeName':'v'},'status':{'phase':'Pending'}", HEALTH_PENDING,
         "Pending: waits for the volume v"},
        {"pvc", "'spec':{'storageClassName':'gp3'},'status':{'phase':'Pending'}", HEALTH_PENDING,
         "Pending: waits for a volume of class gp3"},
        {"pvc", "'spec':{'resources':{'requests':{'storage':'5Gi'}}},'status':{'phase':'Pending'}",
         HEALTH_PENDING, "Pending: no storage class: waits for a volume of 5Gi"},
        {"pvc", "'spec':{'volumeName':'v'},'status':{'phase':'Lost'}", HEALTH_BAD,
         "Lost: its volume is gone: v"},
        {"pvc",
         "'spec':{'volumeName':'v'},'status':{'phase':'Bound','conditions':[{'type':"
         "'NodeResizeError','status':'True','message':'disk is full'}]}",
         HEALTH_WARN, "NodeResizeError: disk is full"},
        {"pv", "'status':{'phase':'Released'}", HEALTH_DONE, ""},
        {"pv", "'status':{'phase':'Failed','reason':'RecycleFailed','message':'no'}", HEALTH_BAD,
         "RecycleFailed: no"},
        {"pv", "'status':{'phase':'New'}", HEALTH_UNKNOWN, ""},
        {"svc", "'spec':{'type':'LoadBalancer'},'status':{}", HEALTH_PENDING,
         "waits for the load balancer's address"},
        {"svc", "'spec':{'type':'ClusterIP','clusterIP':'10.0.0.1'}", HEALTH_OK, ""},
    };
    (void)state;
    CHECK(cases);
    struct made m = making(
        "pvc", "{'metadata':{'name':'x','annotations':{'volume.kubernetes.io/storage-provisioner':"
               "'ebs.csi.aws.com','volume.kubernetes.io/selected-node':'n1'}},'spec':{"
               "'storageClassName':'gp3'},'status':{'phase':'Pending'}}");
    assert_string_equal(m.row->trouble,
                        "Pending: ebs.csi.aws.com has not made a volume yet, for node n1");
    making_done(&m);
    m = making("pvc", "{'metadata':{'name':'x','deletionTimestamp':'2021-08-27T13:00:00Z'},"
                      "'status':{'phase':'Bound'}}");
    assert_string_equal(making_text(&m, "STATUS"), "Terminating");
    assert_int_equal(m.row->health, HEALTH_PENDING);
    making_done(&m);
}

static void leases(void **state)
{
    int64_t now;
    static const char held[] = "{'metadata':{'name':'x'},'spec':{'holderIdentity':'%s',"
                               "'leaseDurationSeconds':15,'renewTime':'2021-08-27T13:00:00.5Z'}}";
    (void)state;
    assert_true(clock_parse(str_of("2021-08-27T13:00:15Z"), false, &now));
    for (int i = 0; i < 3; i++) {
        char *json = mem_printf(held, i == 2 ? "" : "me");
        clock_freeze(now + (i ? CLOCK_MINUTE : 0));
        struct made m = making("leases", json);
        assert_int_equal(m.row->health, i == 1 ? HEALTH_WARN : HEALTH_OK);
        assert_string_equal(m.row->trouble,
                            i == 1 ? "expired: renewed last 2021-08-27 13:00:00 UTC, lasts 15 s"
                                   : "");
        assert_int_equal(making_number(&m, "LASTS"), 15);
        making_done(&m);
        free(json);
    }
    clock_freeze(0);
}

/* Owner, version and template of each kind that has them; and that no wrong member breaks a row. */
static void wrong_members_break_no_row(void **state)
{
    static const struct {
        const char *kind, *json;
    } whole[] = {
        {"deploy", "'spec':{'replicas':1,'paused':true,'selector':{'matchLabels':{'a':'b'},"
                   "'matchExpressions':[{'key':'k','operator':'In','values':['x']}]},'template':{"
                   "'spec':{'containers':[{'name':'a','image':'i'}]}}},'status':{"
                   "'observedGeneration':1,'replicas':1,'updatedReplicas':1,'readyReplicas':1,"
                   "'availableReplicas':0,'conditions':[{'type':'Available','status':'False',"
                   "'reason':'r','message':'m'," AT "}]}"},
        {"sts", "'spec':{'replicas':1,'updateStrategy':{'type':'OnDelete'}},'status':{"
                "'readyReplicas':0,'updatedReplicas':0,'currentRevision':'a','updateRevision':'b'"
                "}"},
        {"ds", "'spec':{'selector':{},'template':{'spec':{'nodeSelector':{'a':'b'}}}},'status':{"
               "'desiredNumberScheduled':2,'currentNumberScheduled':1,'numberReady':1,"
               "'updatedNumberScheduled':1,'numberAvailable':1,'numberMisscheduled':1}"},
        {"rs", "'spec':{'replicas':1},'status':{'replicas':1,'readyReplicas':0,'conditions':[{"
               "'type':'ReplicaFailure','status':'True'}]}"},
        {"job", "'spec':{'completions':1,'parallelism':1,'backoffLimit':1},'status':{'succeeded':1"
                ",'failed':1,'startTime':'2021-08-27T13:00:00Z','completionTime':'2021-08-27T13:"
                "00:00Z','conditions':[{'type':'Failed','status':'True'," AT "}]}"},
        {"cj", "'spec':{'schedule':'s','timeZone':'z','suspend':false,'jobTemplate':{'spec':{"
               "'selector':{},'template':{}}}},'status':{'active':[{'name':'a'}],"
               "'lastScheduleTime':'2021-08-27T13:00:00Z','lastSuccessfulTime':'2021-08-27T12:00:"
               "00Z'}"},
        {"hpa", "'spec':{'scaleTargetRef':{'kind':'k','name':'n'},'minReplicas':1,'maxReplicas':2,"
                "'metrics':[{'type':'Object','object':{'target':{'value':'1'}}},{'type':'Resource'"
                ",'resource':{'name':'cpu','target':{'averageUtilization':1}}}]},'status':{"
                "'currentReplicas':1,'desiredReplicas':1,'lastScaleTime':'2021-08-27T13:00:00Z',"
                "'currentMetrics':[{'type':'Object','object':{'current':{'value':'1'}}}],"
                "'conditions':[{'type':'AbleToScale','status':'False'}]}"},
        {"hpa.v1.autoscaling", "'spec':{'targetCPUUtilizationPercentage':1},'status':{"
                               "'currentCPUUtilizationPercentage':1}"},
        {"svc", "'spec':{'type':'LoadBalancer','clusterIP':'1','clusterIPs':['1'],'externalIPs':["
                "'2'],'externalName':'e','ports':[{'port':1,'nodePort':2,'protocol':'UDP'}],"
                "'selector':{'a':'b'}},'status':{'loadBalancer':{'ingress':[{'ip':'1',"
                "'hostname':'h'}]}}"},
        {"ing", "'spec':{'ingressClassName':'c','rules':[{'host':'h'}],'tls':[{}]},'status':{"
                "'loadBalancer':{'ingress':[{'hostname':'h'}]}}"},
        {"pvc", "'spec':{'accessModes':['ReadWriteOnce'],'storageClassName':'s','volumeMode':'B',"
                "'volumeName':'v','resources':{'requests':{'storage':'1'}}},'status':{'phase':"
                "'Pending','accessModes':['ReadWriteOnce'],'capacity':{'storage':'1'}}"},
        {"pv", "'spec':{'capacity':{'storage':'1'},'accessModes':['ReadWriteMany'],"
               "'persistentVolumeReclaimPolicy':'R','claimRef':{'namespace':'n','name':'c'},"
               "'storageClassName':'s','volumeMode':'B'},'status':{'phase':'Failed','reason':'r',"
               "'message':'m'}"},
        {"cm", "'data':{'a':'b'},'binaryData':{'c':'d'}"},
        {"leases", "'spec':{'holderIdentity':'h','renewTime':'2021-08-27T13:00:00Z',"
                   "'leaseDurationSeconds':1,'leaseTransitions':1}"},
    };
    (void)state;
    size_t held = intern_count();
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        char *text = mem_printf("{'metadata':{'name':'x','namespace':'n','generation':2,"
                                "'deletionTimestamp':'2021-08-27T13:00:00Z','annotations':{'a':"
                                "'b'}},%s}",
                                whole[i].json);
        char *json = making_quoted(text);
        making_replace_each(whole[i].kind, json);
        free(json);
        free(text);
    }
    assert_int_equal(intern_count(), held);
}

static int utc(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deployments),
        cmocka_unit_test(pods_that_ended),
        cmocka_unit_test(other_workloads),
        cmocka_unit_test(jobs),
        cmocka_unit_test(durations_of_jobs),
        cmocka_unit_test(autoscalers),
        cmocka_unit_test(volumes_and_the_rest),
        cmocka_unit_test(leases),
        cmocka_unit_test(wrong_members_break_no_row),
    };
    return cmocka_run_group_tests(tests, utc, NULL);
}
